#include "storage/forgotten_text.hpp"

#include <algorithm>

namespace bounced {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_alphanumeric(char c) {
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) > 0x7f;
}

/// An address that goes on to the left is another one; what programs put before it ends in a mark: in a
/// Message-ID or a return path, a hyphen or a plus. Rather a text loses too much than too little.
bool begins_here(std::string_view text, std::size_t at) {
  if (at == 0) return true;
  const char before = text[at - 1];
  return !is_alphanumeric(before) && before != '.' && before != '_';
}

bool ends_here(std::string_view text, std::size_t end) {
  if (end >= text.size()) return true;
  if (is_alphanumeric(text[end]) || text[end] == '-') return false;
  return text[end] != '.' || end + 1 >= text.size() || !is_alphanumeric(text[end + 1]);
}

}  // namespace

ForgottenText::ForgottenText(const std::vector<std::string>& forms) {
  for (const std::string& form : forms) {
    const auto at = form.rfind('@');
    if (at == std::string::npos) continue;
    std::string small = form;
    std::transform(small.begin(), small.end(), small.begin(), lower);
    std::string verp = small;
    verp[at] = '=';
    for (const std::string& one : {small, verp})
      if (std::find(forms_.begin(), forms_.end(), one) == forms_.end()) forms_.push_back(one);
  }
}

ForgottenText::Place ForgottenText::find(std::string_view text, std::size_t from) const {
  Place first;
  for (const std::string& form : forms_) {
    for (std::size_t at = from;; ++at) {
      const auto found = std::search(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), form.begin(),
                                     form.end(), [](char a, char b) { return lower(a) == b; });
      if (found == text.end()) break;
      at = static_cast<std::size_t>(found - text.begin());
      if (at >= first.at) break;
      if (!begins_here(text, at) || !ends_here(text, at + form.size())) continue;
      first = {at, form.size()};
      break;
    }
  }
  return first;
}

bool ForgottenText::is_in(std::string_view text) const { return find(text, 0).at != std::string_view::npos; }

std::string ForgottenText::cut_out_of(std::string_view text) const {
  std::string out;
  std::size_t from = 0;
  for (Place place = find(text, 0); place.at != std::string_view::npos; place = find(text, from)) {
    out.append(text, from, place.at - from);
    out += "(forgotten)";
    from = place.at + place.size;
  }
  out.append(text, from);
  return out;
}

}  // namespace bounced
