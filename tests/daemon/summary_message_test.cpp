// The mail that carries the page.
#include <doctest/doctest.h>

#include <sstream>

#include "daemon/summary/message.hpp"

using namespace bounced;

namespace {

/// Undone: what a reader makes of it.
std::string decoded(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') continue;
    if (text[i] != '=') {
      out += text[i];
    } else if (text.compare(i, 3, "=\r\n") == 0) {
      i += 2;
    } else {
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    }
  }
  return out;
}

}  // namespace

TEST_CASE("quoted-printable comes back as it went, in short lines of ASCII") {
  std::string every;
  for (int c = 0; c < 256; ++c) every += static_cast<char>(c);
  const std::string texts[] = {
      "",
      "plain\n",
      "a = b\n",
      "blank at the end \n\ttab\t\n",
      ".\n..\nFrom here\n",
      std::string(500, 'x') + "\n" + std::string(75, 'y') + "\n" + std::string(76, 'z'),
      std::string(300, '='),
      "über – “日本語” 🙂 " + std::string(80, ' ') + "\n",
      every};
  for (const auto& text : texts) {
    CAPTURE(text);
    const auto encoded = quoted_printable(text);
    CHECK(decoded(encoded) == text);
    std::istringstream lines(encoded);
    for (std::string line; std::getline(lines, line);) {
      if (line.ends_with('\r')) line.pop_back();
      CAPTURE(line);
      CHECK(line.size() <= 76);
      CHECK_FALSE(line.ends_with(' '));
      CHECK_FALSE(line.starts_with("From "));
      CHECK(line != ".");
      for (const char c : line) CHECK((c >= 0x20 && c < 0x7f));
    }
  }
}

TEST_CASE("no field can begin another one") {
  const MessageFields fields{"a@example.org\r\nBcc: everybody@example.org",
                             {"b@example.org\nX: y", "c@example.org"},
                             "night\r\nBcc: all@example.org – ünd\r\n\r\nbody",
                             "id\r\n@example.org",
                             1'772'323'200};
  const auto mail = mail_message(fields, {"text\n", "", "", ""});
  const auto head = mail.substr(0, mail.find("\r\n\r\n") + 2);
  CAPTURE(head);
  std::istringstream lines(head);
  std::vector<std::string> names;
  for (std::string line; std::getline(lines, line);)
    if (line[0] != ' ') names.push_back(line.substr(0, line.find(':')));
  CHECK(names == std::vector<std::string>{"Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted",
                                          "MIME-Version", "Content-Type", "Content-Transfer-Encoding"});
  CHECK(mail.find("Date: Sun, 1 Mar 2026 00:00:00 +0000\r\n") == 0);
  CHECK(mail.find("\nSubject: =?UTF-8?B?") != mail.npos);
  for (const char c : mail) REQUIRE((static_cast<unsigned char>(c) < 0x80));
}

TEST_CASE("the parts are those that are there") {
  const MessageFields fields{"a@example.org", {"b@example.org"}, "night", "id@example.org", 1};
  const auto both = mail_message(fields, {"t\n", "<p>h</p>\n", "{}\n", "f.json"});
  CHECK(both.find("multipart/mixed") < both.find("multipart/alternative"));
  CHECK(both.find("text/plain") < both.find("text/html"));
  CHECK(both.find("text/html") < both.find("application/json"));
  CHECK(mail_message(fields, {"t\n", "", "", ""}).find("multipart") == std::string::npos);
  CHECK(mail_message(fields, {"", "", "{}\n", "f.json"}).find("\r\nContent-Type: application/json") !=
        std::string::npos);
  CHECK(base64_lines(std::string(100, '\0')).find("\r\n") == 76);
}
