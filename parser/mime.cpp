// The door to mimetic 0.9.8. Its known faults, and what keeps them out:
//  - typed address accessors (header().to()) throw or crash on everyday lines, and reading a header takes
//    longer than everything else: it only sees two fields of the guard's own;
//  - one stack frame for each nested part: the guard bounds the depth;
//  - one long header line costs quadratic time: the guard bounds the line;
//  - a header line that it can't read ends the header, the last field is lost when the mail ends there, a
//    boundary is found in the middle of a line and by its beginning, and after an unclosed inner multipart
//    the outer one is given up: the guard writes headers and boundaries so that none of this occurs.
#include "parser/mime.hpp"

#include <mimetic/mimetic.h>

#include <charconv>
#include <utility>

#include "parser/charset.hpp"
#include "parser/content_type.hpp"
#include "parser/guard.hpp"
#include "parser/text.hpp"
#include "parser/transfer_encoding.hpp"

namespace bounced {
namespace {

/// An entity whose part is to be made, with its place in the tree.
struct Pending {
  mimetic::MimeEntity* entity;
  int parent;
  int depth;
};

/// The fields of an entity, by the place that the guard wrote into its header.
HeaderFields fields_of(const mimetic::MimeEntity& entity, std::vector<HeaderFields>& headers) {
  for (const auto& field : entity.header()) {
    if (std::string_view(field.name()) != guard_place_field) continue;
    const std::string& value = field.value();
    std::size_t place = 0;
    std::from_chars(value.data(), value.data() + value.size(), place);
    return place < headers.size() ? std::move(headers[place]) : HeaderFields{};
  }
  return {};
}

void to_lf(std::string& text) {
  if (text.find('\r') == std::string::npos) return;
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r')
      out += text[i];
    else if (i + 1 == text.size() || (text[i + 1] != '\n' && text[i + 1] != '\r'))
      out += '\n';
  }
  text = std::move(out);
}

/// True when the bytes are text of some kind: no control characters but those of line layout, and mostly
/// printable ASCII in the first bytes.
bool is_text_by_bytes(std::string_view bytes) {
  constexpr std::size_t looked_at = 512;
  std::size_t odd = 0;
  const std::string_view start = bytes.substr(0, looked_at);
  for (const char c : start) {
    if (c >= 0 && c < ' ' && !is_space(c) && c != '\x1b') return false;
    if (!is_ascii(c)) ++odd;
  }
  return !start.empty() && odd * 4 < start.size();
}

/// Decodes the body of a leaf into `part.text`.
void read_text(MimePart& part, std::string body, const ReadLimits& limits) {
  const bool text = part.type.starts_with("text/");
  const bool message = part.type.starts_with("message/");
  std::string bytes = decode_transfer(std::move(body), part.headers.first("Content-Transfer-Encoding"));
  if (!text && !message && !is_text_by_bytes(bytes)) return;
  to_lf(bytes);
  if (!message && bytes.size() > limits.free_text_bytes) bytes.resize(limits.free_text_bytes);
  part.text = is_plain_ascii(bytes, part.charset) ? std::move(bytes) : to_utf8(bytes, part.charset);
}

/// A part with all that its header tells, and no text yet.
MimePart described(HeaderFields headers) {
  MimePart part;
  part.headers = std::move(headers);
  const ParameterisedValue type = read_parameterised(part.headers.first("Content-Type"));
  part.type = type.value.find('/') == std::string::npos ? "text/plain" : type.value;
  part.report_type = lower_copy(type.parameter("report-type"));
  part.charset = lower_copy(type.parameter("charset"));
  const ParameterisedValue disposition = read_parameterised(part.headers.first("Content-Disposition"));
  part.name = disposition.parameter("filename");
  if (part.name.empty()) part.name = type.parameter("name");
  return part;
}

MimePart make_part(mimetic::MimeEntity& entity, HeaderFields headers, const Pending& place,
                   const ReadLimits& limits) {
  MimePart part = described(std::move(headers));
  part.parent = place.parent;
  part.depth = place.depth;
  if (!entity.body().parts().empty()) return part;
  std::string body = std::move(static_cast<std::string&>(entity.body()));
  if (part.type.starts_with("multipart/")) {
    part.type = "text/plain";
    if (body.empty()) body = std::move(entity.body().preamble());
  }
  read_text(part, std::move(body), limits);
  return part;
}

MimeTree flatten(mimetic::MimeEntity& mail, std::vector<HeaderFields>& headers, const ReadLimits& limits) {
  MimeTree tree;
  tree.parts.reserve(headers.size());
  std::vector<Pending> pending{{&mail, -1, 0}};
  while (!pending.empty()) {
    const Pending next = pending.back();
    pending.pop_back();
    const int index = static_cast<int>(tree.parts.size());
    tree.parts.push_back(make_part(*next.entity, fields_of(*next.entity, headers), next, limits));
    auto& children = next.entity->body().parts();
    for (auto child = children.rbegin(); child != children.rend(); ++child)
      pending.push_back({*child, index, next.depth + 1});
  }
  return tree;
}

/// A mail that is one leaf needs no mimetic.
MimeTree as_leaf(GuardedMail& guarded, const ReadLimits& limits) {
  MimeTree tree;
  MimePart part = described(std::move(guarded.headers.front()));
  if (part.type.starts_with("multipart/")) part.type = "text/plain";
  read_text(part, guarded.text.substr(guarded.leaf_body), limits);
  tree.parts.push_back(std::move(part));
  return tree;
}

/// What is left when mimetic gives up: the top header and everything below it as text.
MimeTree as_single_text(std::string_view mail, const ReadLimits& limits) {
  MimeTree tree;
  MimePart part;
  std::size_t body = 0;
  part.type = "text/plain";
  part.headers = read_header_fields(mail, &body);
  read_text(part, std::string(mail.substr(body, limits.free_text_bytes)), limits);
  tree.parts.push_back(std::move(part));
  return tree;
}

MimeTree by_mimetic(GuardedMail& guarded, std::string_view mail, const ReadLimits& limits) {
  try {
    mimetic::MimeEntity entity;
    entity.load(guarded.text.data(), guarded.text.data() + guarded.text.size(), mimetic::imEpilogue);
    guarded.text = {};
    return flatten(entity, guarded.headers, limits);
  } catch (const std::exception&) {
    MimeTree tree = as_single_text(mail.substr(0, limits.message_bytes), limits);
    tree.damage.emplace_back("unreadable");
    return tree;
  }
}

}  // namespace

std::vector<int> MimeTree::children(int index) const {
  std::vector<int> found;
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (parts[i].parent == index) found.push_back(static_cast<int>(i));
  return found;
}

MimeTree read_mime(std::string_view mail, const ReadLimits& limits) {
  GuardedMail guarded = guard(mail, limits);
  MimeTree tree =
      guarded.leaf_body != std::string::npos ? as_leaf(guarded, limits) : by_mimetic(guarded, mail, limits);
  tree.damage.insert(tree.damage.begin(), guarded.damage.begin(), guarded.damage.end());
  return tree;
}

}  // namespace bounced
