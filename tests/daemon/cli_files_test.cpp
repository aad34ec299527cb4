// Offline mail: files, directories, Maildirs, mbox.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "daemon/cli/in_order.hpp"
#include "daemon/mail_files.hpp"
#include "daemon/mbox.hpp"

namespace fs = std::filesystem;
using namespace bounced;

namespace {

class Directory {
 public:
  Directory() {
    std::string name = (fs::temp_directory_path() / "bounced-files-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Directory() { fs::remove_all(path_); }
  std::string write(const std::string& name, const std::string& text) const {
    const auto path = path_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }
  [[nodiscard]] std::string path(const std::string& name = "") const {
    return name.empty() ? path_.string() : (path_ / name).string();
  }

 private:
  fs::path path_;
};

constexpr std::size_t roomy = 1'000'000;

/// "name=bytes" of each mail, or "name!message"; names below the directory.
std::vector<std::string> read_all(const Directory& directory, std::vector<std::string> paths,
                                  std::size_t limit = roomy) {
  std::vector<std::string> out;
  MailFiles files(std::move(paths), limit);
  MailFile mail;
  while (files.next(mail)) {
    if (mail.error) {
      out.push_back("!" + mail.error->message.substr(directory.path().size() + 1));
      continue;
    }
    auto name = mail.name.substr(directory.path().size());
    if (name.starts_with('/')) name.erase(0, 1);
    out.push_back(name + "=" + mail.bytes + (mail.oversized ? "(oversized)" : ""));
  }
  CHECK(files.progress() == doctest::Approx(1.0));
  return out;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a directory is read in order, under any file name, without dot files") {
  const Directory at;
  at.write("b.eml", "B");
  at.write("a", "A");
  at.write("sub/c.txt", "C");
  at.write("sub/deep/d", "D");
  at.write(".hidden", "no");
  at.write(".git/x", "no");
  at.write("empty", "");
  fs::create_symlink(at.path(), at.path("loop"));
  fs::create_symlink(at.path("a"), at.path("link"));
  CHECK(read_all(at, {at.path()}) ==
        Lines{"a=A", "b.eml=B", "empty=", "link=A", "sub/c.txt=C", "sub/deep/d=D"});
  CHECK(read_all(at, {at.path("b.eml"), at.path("a")}) == Lines{"b.eml=B", "a=A"});
}

TEST_CASE("a Maildir gives new, then cur, and nothing else") {
  const Directory at;
  at.write("cur/1:2,S", "one");
  at.write("new/2", "two");
  at.write("tmp/3", "half");
  at.write("dovecot.index", "no mail");
  at.write(".Sent/cur/4", "no");
  CHECK(read_all(at, {at.path()}) == Lines{"new/2=two", "cur/1:2,S=one"});
}

TEST_CASE("what can't be read is told, and the rest is read") {
  const Directory at;
  at.write("a", "A");
  CHECK(read_all(at, {at.path("missing"), at.path("a")}) ==
        Lines{"!missing: No such file or directory", "a=A"});
  CHECK(read_all(at, {at.path("a/b")}) == Lines{"!a/b: Not a directory"});
  if (::geteuid() != 0) {  // root may read everything
    ::chmod(at.write("secret", "S").c_str(), 0);
    CHECK(read_all(at, {at.path()}) == Lines{"a=A", "!secret: Permission denied"});
  }
}

TEST_CASE("mails above the limit are cut and marked") {
  const Directory at;
  at.write("large", std::string(101, 'x'));
  at.write("right", std::string(100, 'y'));
  CHECK(read_all(at, {at.path()}, 100) ==
        Lines{"large=" + std::string(101, 'x') + "(oversized)", "right=" + std::string(100, 'y')});
  at.write("huge", std::string(1'000'000, 'z'));
  CHECK(read_all(at, {at.path("huge")}, 100) == Lines{"huge=" + std::string(101, 'z') + "(oversized)"});
}

TEST_CASE("an mbox is split at its separators") {
  const Directory at;
  const std::string from = "From a@b.example Thu Jan  1 00:00:00 1970\n";
  struct Row {
    const char* what;
    std::string text;
    Lines mails;
  };
  const Row rows[] = {
      {"two", from + "S: 1\n\nbody\n\n" + from + "S: 2\n\n", {"m#1=S: 1\n\nbody\n", "m#2=S: 2\n"}},
      {"one is called by its file", from + "S: 1\n\nbody", {"m=S: 1\n\nbody"}},
      {"CRLF",
       from.substr(0, from.size() - 1) + "\r\nS: 1\r\n\r\nb\r\n\r\n" + from + "S: 2\r\n",
       {"m#1=S: 1\r\n\r\nb\r\n", "m#2=S: 2\r\n"}},
      {"quoted From",
       from + "S: 1\n\n>From me\n>>From you\n> From\n",
       {"m=S: 1\n\nFrom me\n>From you\n> From\n"}},
      {"a sentence",
       from + "S: 1\n\nx\n\nFrom now on it works.\n",
       {"m=S: 1\n\nx\n\nFrom now on it works.\n"}},
      {"no empty line before", from + "S: 1\n\nx\n" + from, {"m=S: 1\n\nx\n" + from}},
      {"only a separator", from, {"m="}},
      {"empty mails", from + "\n" + from + "\n" + from, {"m#1=", "m#2=", "m#3="}},
      {"many empty lines", from + "S: 1\n\n\n\n\n" + from + "x", {"m#1=S: 1\n\n\n\n", "m#2=x"}},
      {"a word at the start is no separator", "From: me\n\nbody", {"m=From: me\n\nbody"}},
  };
  for (const auto& row : rows) {
    const auto& what = row.what;
    const auto& text = row.text;
    const auto& mails = row.mails;
    CAPTURE(what);
    CHECK(read_all(at, {at.write("m", text)}) == mails);
  }
}

TEST_CASE("lines longer than any buffer pass through whole") {
  const Directory at;
  const std::string from = "From a@b.example Thu Jan  1 00:00:00 1970\n";
  const std::string line(300'000, 'x');
  CHECK(read_all(at, {at.write("m", from + line + "\n\n" + from + line)}) ==
        Lines{"m#1=" + line + "\n", "m#2=" + line});
  CHECK(read_all(at, {at.write("m", from + line + "\n\n" + from + "y")}, 10) ==
        Lines{"m#1=xxxxxxxxxxx(oversized)", "m#2=y"});
  // A separator at every place around the end of the buffer.
  for (std::size_t size = 65'400; size < 65'600; ++size) {
    const auto mails = read_all(at, {at.write("m", from + std::string(size, 'x') + "\n\n" + from + "y")});
    CAPTURE(size);
    REQUIRE(mails.size() == 2);
    CHECK(mails[0].size() == size + std::string("m#1=\n").size());
    CHECK(mails[1] == "m#2=y");
  }
}

TEST_CASE("threads give their results in order, each piece once") {
  for (const int jobs : {1, 2, 7}) {
    struct Piece {
      int number = 0, square = 0;
    };
    int next = 0;
    std::vector<int> got;
    in_order<Piece>(
        jobs,
        [&](Piece& piece) {
          piece.number = next;
          return next++ < 1000;
        },
        [](Piece& piece) { piece.square = piece.number * piece.number; },
        [&](const Piece& piece) {
          got.push_back(piece.square);
          return true;
        });
    REQUIRE(got.size() == 1000);
    for (int i = 0; i < 1000; ++i) CHECK(got[static_cast<std::size_t>(i)] == i * i);
  }
}

TEST_CASE("threads stop when the output does") {
  struct Piece {};
  int put = 0;
  in_order<Piece>(
      4, [](Piece&) { return true; }, [](Piece&) {}, [&](const Piece&) { return ++put < 10; });
  CHECK(put == 10);
}
