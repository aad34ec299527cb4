// Golden mails: every NAME.eml under tests/corpus is read, with LF and with CRLF line ends, and compared with
// NAME.json beside it. The JSON holds what matters of the report (schema 1 of `bounced parse`); fields that
// it leaves out are not compared, but recipients must be the ones it lists. What came out instead is left in
// NAME.failed.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "parser/classify.hpp"
#include "parser/read_bounce.hpp"

namespace {

namespace fs = std::filesystem;
using bounced::BounceReport;
using bounced::ReportedRecipient;
using Json = nlohmann::json;

const fs::path corpus = "tests/corpus";

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string with_crlf(const std::string& mail) {
  std::string out;
  for (const char c : mail) {
    if (c == '\n' && (out.empty() || out.back() != '\r')) out += '\r';
    out += c;
  }
  return out;
}

Json as_json(const ReportedRecipient& r) {
  return {{"address", r.address},
          {"original_recipient", r.original_recipient},
          {"final_recipient", r.final_recipient},
          {"action", bounced::to_string(r.action)},
          {"status", r.status},
          {"reply_code", r.reply_code},
          {"diagnostic", r.diagnostic},
          {"remote_mta", r.remote_mta},
          {"command", r.command}};
}

Json as_json(const BounceReport& report) {
  Json out{{"kind", bounced::to_string(report.kind)},
           {"dialect", report.dialect},
           {"reporting_mta", report.reporting_mta},
           {"feedback_type", report.feedback_type},
           {"original", {{"message_id", report.original.message_id}, {"subject", report.original.subject}}},
           {"recipients", Json::array()}};
  for (const ReportedRecipient& r : report.recipients) out["recipients"].push_back(as_json(r));
  return out;
}

/// The fields of `wanted` that `got` has otherwise, as "name: got, where wanted".
std::vector<std::string> differences(const Json& wanted, const Json& got, const std::string& where) {
  std::vector<std::string> found;
  for (const auto& [name, value] : wanted.items()) {
    if (name == "recipients") continue;
    if (value.is_object()) {
      const auto inner = differences(value, got.value(name, Json::object()), where + name + ".");
      found.insert(found.end(), inner.begin(), inner.end());
    } else if (!got.contains(name) || got.at(name) != value) {
      found.push_back(where + name + ": " + got.value(name, Json()).dump() + " where " + value.dump());
    }
  }
  return found;
}

std::vector<std::string> compare(const Json& wanted, const Json& got) {
  std::vector<std::string> found = differences(wanted, got, "");
  const Json none = Json::array();
  const Json& recipients = wanted.contains("recipients") ? wanted.at("recipients") : none;
  if (recipients.size() != got.at("recipients").size())
    found.push_back("recipients: " + std::to_string(got.at("recipients").size()) + " where " +
                    std::to_string(recipients.size()));
  for (const Json& one : recipients) {
    const auto match = std::find_if(got.at("recipients").begin(), got.at("recipients").end(),
                                    [&](const Json& r) { return r.at("address") == one.at("address"); });
    if (match == got.at("recipients").end()) {
      found.push_back("no recipient " + one.at("address").dump());
      continue;
    }
    const auto inner = differences(one, *match, one.at("address").get<std::string>() + " ");
    found.insert(found.end(), inner.begin(), inner.end());
  }
  return found;
}

std::vector<fs::path> mails_below(const fs::path& folder) {
  std::vector<fs::path> mails;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".eml") mails.push_back(entry.path());
  std::sort(mails.begin(), mails.end());
  return mails;
}

struct Readers {
  bounced::Classifier classifier = std::move(*bounced::Classifier::make(bounced::RuleBook{}));
  bounced::Reader reader = std::move(*bounced::Reader::make({}, classifier));
};

void check_mail(const Readers& readers, const fs::path& mail) {
  fs::path beside = mail;
  const Json wanted = Json::parse(bytes_of(beside.replace_extension(".json")), nullptr, false);
  CAPTURE(mail.string());
  REQUIRE_MESSAGE(wanted.is_object(), "no expected report beside the mail");
  const std::string lf = bytes_of(mail);
  std::string failures;
  for (const std::string& bytes : {lf, with_crlf(lf)}) {
    const Json got = as_json(readers.reader.read(bytes));
    for (const std::string& difference : compare(wanted, got)) failures += difference + "\n";
    if (!failures.empty()) failures += got.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
    if (!failures.empty()) break;
  }
  const fs::path failed = beside.replace_extension(".failed");
  if (failures.empty())
    fs::remove(failed);
  else
    std::ofstream(failed) << failures;
  CHECK_MESSAGE(failures.empty(), failures);
}

}  // namespace

TEST_CASE("golden mails are read as the file beside each says") {
  const Readers readers;
  const auto mails = mails_below(corpus);
  for (const fs::path& mail : mails) check_mail(readers, mail);
  constexpr std::size_t fewest = 150;
  CHECK(mails.size() > fewest);
}

TEST_CASE("ordinary mail is never called a bounce") {
  const Readers readers;
  const auto mails = mails_below(corpus / "not-bounces");
  for (const fs::path& mail : mails) {
    const BounceReport report = readers.reader.read(bytes_of(mail));
    CAPTURE(mail.string());
    CAPTURE(report.dialect);
    CHECK(report.kind != bounced::Kind::bounce);
    CHECK(report.kind != bounced::Kind::delayed);
  }
  constexpr std::size_t fewest = 60;
  CHECK(mails.size() >= fewest);
}
