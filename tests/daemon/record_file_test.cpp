// Records of other programs: what is read of a file, and which lines are no records.
#include "daemon/record_file.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <thread>

#include "daemon/cli/csv.hpp"

using namespace bounced;

namespace {

/// "line:name=value,name=value" for each record, "line!fault" for each fault, "|" between them.
std::string read(const std::string& bytes, std::size_t stop_after = 1000) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  std::thread writer([&] {
    for (std::size_t at = 0; at < bytes.size();) {
      const auto written = ::write(ends[1], bytes.data() + at, bytes.size() - at);
      if (written <= 0) break;
      at += static_cast<std::size_t>(written);
    }
    ::close(ends[1]);
  });
  std::string told;
  std::size_t records = 0;
  const auto tell = [&](const std::string& text) { told += (told.empty() ? "" : "|") + text; };
  const RecordSink sink{
      [&](const FileRecord& record) {
        std::string fields;
        for (const auto& [name, value] : record.fields)
          fields += (fields.empty() ? "" : ",") + name + "=" + value.substr(0, 30);
        tell(std::to_string(record.line) + ":" + fields);
        return ++records < stop_after;
      },
      [&](std::int64_t line, const std::string& what) { tell(std::to_string(line) + "!" + what); }};
  const auto done = read_records(ends[0], sink);
  if (!done) tell("error: " + done.error().message);
  for (char rest[4096]; ::read(ends[0], rest, sizeof rest) > 0;) {
  }
  writer.join();
  ::close(ends[0]);
  return told;
}

struct Row {
  std::string bytes, told;
};

}  // namespace

TEST_CASE("CSV and lists") {
  const std::vector<Row> rows{
      {"", ""},
      {"\n\n# nothing\n", ""},
      {"a@b.example", "1:=a@b.example"},
      {"\xEF\xBB\xBF"
       "a@b.example\r\nc@d.example\r\n",
       "1:=a@b.example|2:=c@d.example"},
      {"Email Address,Reason\na@b.example,x\n", "2:emailaddress=a@b.example,reason=x"},
      {"\xEF\xBB\xBF"
       "email\n\na@b.example\n",
       "3:email=a@b.example"},
      {"email;x\n\"a@b.example\";\"1;2\"\n", "2:email=a@b.example,x=1;2"},
      {"email,x\na@b.example,\"one\ntwo \"\"2\"\"\"\nc@d.example,3\n",
       "2:email=a@b.example,x=one\ntwo \"2\"|4:email=c@d.example,x=3"},
      {"email,x\na@b.example,\"open\nc@d.example,3\n", "2!a quote that doesn't end|3:email=c@d.example,x=3"},
      {"email,x\na@b.example,5\" disk\n", "2:email=a@b.example,x=5\" disk"},
      {"\"a b\"@example.org\n", "1:=\"a b\"@example.org"},
      {"email,x\na@b.example\nc@d.example,1,2\n", "2:email=a@b.example|3:email=c@d.example,x=1,=2"},
      {"name,colour\nx,y\n", "error: no column of the heading is called address or email"},
      {"wrong\na@b.example\n", "1:=wrong|2:=a@b.example"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.bytes);
    CHECK(read(row.bytes) == row.told);
  }
}

TEST_CASE("JSON Lines and documents") {
  const std::vector<Row> rows{
      {R"({"email":"a@b.example","n":5,"f":1.50,"t":true,"z":null,"e":"\u00e9"})",
       "1:email=a@b.example,n=5,f=1.50,t=true,e=é"},
      {"{\"email\":\"a@b.example\"}\n\n{\"address\":\"c@d.example\"}\n",
       "1:email=a@b.example|3:address=c@d.example"},
      {"[{\"email\":\"a@b.example\"},\n {\"email\":\"c@d.example\"}]",
       "1:email=a@b.example|2:email=c@d.example"},
      {"[\n]\n", ""},
      {"{\"items\":[]}", ""},
      {"{\n\"items\": [\n{\"address\": \"a@b.example\"}\n],\n\"paging\": {\"next\": \"x\"}}",
       "3:address=a@b.example"},
      {R"({"data":{"results":[{"meta":{"email":"no@b.example"},"email":"a@b.example"}]}})",
       "1:email=a@b.example"},
      {R"([{"tags":["x",{"email":"no@b.example"}],"address":"a@b.example"}])", "1:address=a@b.example"},
      {"{\"email\":\"a@b\n{\"email\":\"c@d.example\"}\n", "1!not JSON|2:email=c@d.example"},
      {"{\"email\":\"a@b.example\"} {}\n{\"email\":\"c@d.example\"}\n",
       "1:email=a@b.example|1!more than one value|2:email=c@d.example"},
      {"{\"error\":\"unauthorised\"}", "1!no field is called address or email"},
      {"[\"a@b.example\", 5]", "1!not a JSON object|1!not a JSON object"},
      {"[\n{\"email\":\"a@b.example\"},\n{\"email\":\n", "2:email=a@b.example|4!not JSON"},
      {"{\"email\":\"\xFF\"}\n{\"email\":\"c@d.example\"}", "1!not JSON|2:email=c@d.example"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.bytes);
    CHECK(read(row.bytes) == row.told);
  }
}

TEST_CASE("no record takes more memory than the limit, and what follows a long one is read") {
  const std::string large(record_bytes + 10, 'x');
  CHECK(read("a@b.example\n" + large + "\nc@d.example\n") ==
        "1:=a@b.example|2!longer than 1 MiB|3:=c@d.example");
  CHECK(read("{\"email\":\"a@b.example\"}\n{\"email\":\"" + large + "\"}\n{\"email\":\"c@d.example\"}\n") ==
        "1:email=a@b.example|2!longer than 1 MiB|3:email=c@d.example");
  CHECK(read("[" + std::string(3'000'000, '[')) == "1!longer than 1 MiB");
  std::string quote = "email,x\na@b.example,\"open\n";
  for (int i = 0; i < 150; ++i) quote += "c@d.example,1\n";
  quote += "a@b.example,\"closed\"\n";
  CHECK(read(quote).starts_with("2!a quote that doesn't end|3:email=c@d.example,x=1|4:"));
  CHECK(read("a@b.example\nc@d.example\ne@f.example\n", 2) == "1:=a@b.example|2:=c@d.example");
}

TEST_CASE("a cell that csv_cell guarded comes back") {
  for (const std::string value :
       {"=cmd", "+1", "-1", "@x", "plain", "", "'quoted'", "a,b", "\ttab", "two\nlines", "5\" disk"}) {
    CAPTURE(value);
    std::vector<std::string> cells;
    REQUIRE(read_csv_cells(csv_cell(value), ',', cells));
    REQUIRE(cells.size() == 1);
    CHECK(csv_uncell(cells[0]) == value);
  }
}
