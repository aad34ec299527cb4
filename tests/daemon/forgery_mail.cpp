#include "tests/daemon/forgery_mail.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <charconv>
#include <vector>

namespace bounced::test {
namespace {

std::vector<std::string> split(const std::string& text, char mark) {
  std::vector<std::string> parts{""};
  for (const char c : text)
    if (c == mark)
      parts.emplace_back();
    else
      parts.back() += c;
  return parts;
}

int number_of(const std::string& text) {
  int value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  REQUIRE_MESSAGE(read.ec == std::errc{}, text << " is no number");
  return value;
}

std::string with_equals(std::string address) {
  address[address.rfind('@')] = '=';
  return address;
}

/// A finished address, and the changes that a forger makes to it.
struct Forged {
  std::string base_local, day, tag, recipient, domain;

  [[nodiscard]] std::string text() const {
    return base_local + "+" + day + "-" + tag + (recipient.empty() ? "" : "-" + with_equals(recipient)) +
           "@" + domain;
  }
};

std::string value_of(const MailWords& words, const std::string& key, const std::string& otherwise) {
  const auto found = words.find(key);
  return found == words.end() ? otherwise : found->second;
}

/// "Name: value\n", or nothing for "none".
std::string field(const std::string& name, const std::string& value) {
  return value == "none" ? "" : name + ": " + value + "\n";
}

std::string reply_of(const MailWords& words, const std::string& kind) {
  std::string reply =
      value_of(words, "reply", kind == "delivered" ? "250_2.0.0_Ok" : "550_5.1.1_User_unknown");
  std::replace(reply.begin(), reply.end(), '_', ' ');
  return reply;
}

std::string delivery_status(const MailWords& words, const std::string& kind) {
  const std::string action = kind == "bounce" ? "failed" : kind;
  const std::string reply = reply_of(words, kind);
  const std::string second = split(reply, ' ').at(1);
  const std::string status =
      second.find('.') != std::string::npos ? second : std::string(1, reply[0]) + ".0.0";
  std::string text = "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.far.example\n";
  for (const std::string& address : split(words.at("about"), ',')) {
    text += "\n";
    if (words.contains("orcpt")) text += "Original-Recipient: rfc822; " + words.at("orcpt") + "\n";
    for (const std::string_view part :
         {std::string_view("Final-Recipient: rfc822; "), std::string_view(address),
          std::string_view("\nAction: "), std::string_view(action), std::string_view("\nStatus: "),
          std::string_view(status),
          std::string_view("\nRemote-MTA: dns; mx.far.example\nDiagnostic-Code: smtp; "),
          std::string_view(reply), std::string_view("\n")})
      text += part;
  }
  return text;
}

std::string returned_mail(const MailWords& words, const NamedKeys& keys, std::int64_t day) {
  std::string text = "Content-Type: message/rfc822\n\n";
  if (words.contains("rpath")) text += "Return-Path: <" + address_of(words.at("rpath"), keys, day) + ">\n";
  return text + field("From", value_of(words, "rfrom", "News <news@sender.example>")) +
         field("To", value_of(words, "rto", "list@sender.example")) + "Subject: News\n" +
         field("Message-ID", "<" + value_of(words, "rid", "original-1@sender.example") + ">") +
         field("List-Id", value_of(words, "rlist", "<news.sender.example>")) + "\nHello.\n";
}

std::string report_of(const MailWords& words, const std::string& kind) {
  if (kind != "complaint") return delivery_status(words, kind);
  return "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: FBL/1.0\nVersion: 1\n"
         "Original-Rcpt-To: " +
         words.at("about") + "\n";
}

std::string header_of(const MailWords& words, const std::string& to, const std::string& date,
                      const std::string& id) {
  std::string text;
  if (words.contains("header"))
    text = words.at("header") + ": " + to + "\nTo: returns@sender.example\n";
  else
    text = "To: " + to + "\n";
  if (words.contains("auth"))
    text += "Authentication-Results: mx.sender.example; spf=pass; dkim=pass header.d=far.example\n";
  return text + "From: MAILER-DAEMON@mx.far.example\nDate: " + date +
         "\nSubject: Undelivered Mail Returned to Sender\nMessage-ID: <" + id +
         "@mx.far.example>\nMIME-Version: 1.0\n";
}

}  // namespace

std::string address_of(const std::string& text, const NamedKeys& keys, std::int64_t day) {
  if (!text.starts_with("sign:")) return text;
  const auto words = split(text.substr(5), '|');
  std::string key = "ours", base = "returns@sender.example";
  std::int64_t days = 21;
  bool is_short = false;
  for (const std::string& word : words) {
    if (word.starts_with("key=")) key = word.substr(4);
    if (word.starts_with("base=")) base = word.substr(5);
    if (word.starts_with("days=")) days = number_of(word.substr(5));
    is_short = is_short || word == "short";
  }
  const auto path = sign_return_path(keys.at(key), words[0], base, day + days, "+");
  REQUIRE_MESSAGE(path, words[0] << " can't be signed");
  Forged made{base.substr(0, base.rfind('@')), std::to_string(path->day), path->tag,
              is_short ? "" : path->recipient, base.substr(base.rfind('@') + 1)};
  bool upper = false;
  for (const std::string& word : words) {
    if (word.starts_with("day=")) made.day = std::to_string(path->day + number_of(word.substr(4)));
    if (word.starts_with("recipient=")) made.recipient = word.substr(10);
    if (word.starts_with("cut="))
      made.tag.resize(made.tag.size() - static_cast<std::size_t>(number_of(word.substr(4))));
    if (word.starts_with("grow=")) made.tag.append(static_cast<std::size_t>(number_of(word.substr(5))), 'a');
    if (word.starts_with("tag=")) made.tag = word.substr(4);
    if (word.starts_with("domain=")) made.domain = word.substr(7);
    if (word.starts_with("local=returns+")) return word.substr(6) + "@" + made.domain;
    if (word.starts_with("local=")) made.base_local = word.substr(6);
    upper = upper || word == "upper";
  }
  std::string address = made.text();
  if (upper)
    std::transform(address.begin(), address.end(), address.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return address;
}

std::string forged_mail(const MailWords& words, const NamedKeys& keys, std::int64_t first_day,
                        const std::string& date, const std::string& salt) {
  const std::string kind = value_of(words, "kind", "bounce");
  const std::string type = kind == "complaint" ? "feedback-report" : "delivery-status";
  const std::string to = address_of(words.at("to"), keys, first_day);
  const std::string id = value_of(words, "id", salt);
  std::string body =
      "Content-Type: multipart/report; report-type=" + type +
      "; boundary=\"b\"\n\n--b\nContent-Type: text/plain\n\nYour mail could not be delivered.\n" +
      (words.contains("body") ? address_of(words.at("body"), keys, first_day) + "\n" : std::string()) +
      "\n--b\n" + report_of(words, kind);
  if (!words.contains("returned")) body += "\n--b\n" + returned_mail(words, keys, first_day);
  body += "\n--b--\n";
  if (!words.contains("nested")) return header_of(words, to, date, id) + body;
  return header_of({}, "returns@sender.example", date, id + "-outer") +
         "Content-Type: multipart/mixed; boundary=\"o\"\n\n--o\nContent-Type: message/rfc822\n\n" +
         header_of(words, to, date, id) + body + "\n--o--\n";
}

}  // namespace bounced::test
