#include "tests/contract/mailbox_world.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include "tests/support/temporary_directory.hpp"

namespace bounced::test {
namespace fs = std::filesystem;
namespace {

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const fs::path& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

std::vector<Seen> sorted(std::vector<Seen> mails) {
  std::sort(mails.begin(), mails.end(), [](const Seen& a, const Seen& b) { return a.bytes < b.bytes; });
  return mails;
}

std::string folder_of(Place place) {
  switch (place) {
    case Place::source:
      return "INBOX";
    case Place::processed:
      return "bounced/processed";
    case Place::unrecognised:
      return "bounced/unrecognised";
    case Place::quarantined:
      return "bounced/quarantine";
  }
  return "";
}

fs::path maildir_folder(const fs::path& root, std::string folder) {
  if (folder == "INBOX") return root;
  std::replace(folder.begin(), folder.end(), '/', '.');
  return root / ("." + folder);
}

/// Dovecot's letters for keywords: lines "0 $BouncedDone".
std::map<char, std::string> keyword_letters(const fs::path& folder) {
  std::map<char, std::string> letters;
  std::ifstream file(folder / "dovecot-keywords");
  int number = 0;
  for (std::string name; file >> number >> name;) letters[static_cast<char>('a' + number)] = name;
  return letters;
}

std::string marks_of(const std::string& file_name, const std::map<char, std::string>& letters) {
  const auto info = file_name.find(":2,");
  const auto flags = info == std::string::npos ? std::string() : file_name.substr(info + 3);
  std::string marks;
  const auto add = [&marks](bool present, const char* word) {
    if (present) marks += (marks.empty() ? "" : " ") + std::string(word);
  };
  add(flags.find('S') != std::string::npos, "seen");
  add(flags.find('F') != std::string::npos, "flagged");
  add(flags.find('T') != std::string::npos, "deleted");
  add(flags.find('P') != std::string::npos || std::any_of(flags.begin(), flags.end(),
                                                          [&](char c) {
                                                            const auto found = letters.find(c);
                                                            return found != letters.end() &&
                                                                   found->second == "$BouncedDone";
                                                          }),
      "done");
  return marks;
}

std::vector<Seen> maildir_mails(const fs::path& folder) {
  std::vector<Seen> mails;
  const auto letters = keyword_letters(folder);
  for (const char* part : {"new", "cur"}) {
    if (!fs::exists(folder / part)) continue;
    for (const auto& entry : fs::directory_iterator(folder / part)) {
      mails.push_back({contents(entry.path()), marks_of(entry.path().filename().string(), letters)});
    }
  }
  return sorted(std::move(mails));
}

void put_into(const fs::path& folder, const std::vector<std::string>& mails,
              const std::function<void(const fs::path&)>& own) {
  static int number = 0;
  for (const char* part : {"tmp", "new", "cur"}) {
    fs::create_directories(folder / part);
    own(folder / part);
  }
  own(folder);
  for (const auto& mail : mails) {
    std::ostringstream name;
    name << "1700000000.M" << 100000 + number++ << "P1.test";
    write(folder / "tmp" / name.str(), mail);
    own(folder / "tmp" / name.str());
    fs::rename(folder / "tmp" / name.str(), folder / "new" / name.str());
  }
}

void take_from(const fs::path& folder, const std::string& bytes) {
  for (const char* part : {"new", "cur"}) {
    for (const auto& entry : fs::directory_iterator(folder / part)) {
      if (contents(entry.path()) == bytes) {
        fs::remove(entry.path());
        return;
      }
    }
  }
  FAIL("no such mail to take away");
}

fs::path imap_root(const std::string& user) {
  return fs::path(environment("BOUNCED_TEST_MAIL_ROOT")) / user / "Maildir";
}

void own_like_the_server(const fs::path& path) {
  if (::geteuid() != 0) return;
  const auto owner = environment("BOUNCED_TEST_MAIL_OWNER");
  const auto colon = owner.find(':');
  REQUIRE(::chown(path.c_str(), static_cast<uid_t>(std::stoul(owner)),
                  static_cast<gid_t>(std::stoul(owner.substr(colon + 1)))) == 0);
}

class ImapWorld final : public MailboxWorld {
 public:
  MailboxSettings settings() override {
    put({});
    return imap_settings(user_);
  }
  void put(const std::vector<std::string>& mails) override { put_into_maildir(user_, "INBOX", mails); }
  std::vector<Seen> at(Place place) override { return imap_folder(user_, folder_of(place)); }
  void take_away(const std::string& bytes) override { take_from(imap_root(user_), bytes); }

 private:
  std::string user_ = fresh_user();
};

class FilesWorld : public MailboxWorld {
 public:
  explicit FilesWorld(std::string scheme) : scheme_(std::move(scheme)) {}
  MailboxSettings settings() override {
    put({});
    MailboxSettings settings;
    settings.name = "files";
    settings.url = scheme_ + ":" + path().string();
    return settings;
  }

 protected:
  [[nodiscard]] fs::path path() const { return directory_.path() / "mails"; }

 private:
  std::string scheme_;
  TemporaryDirectory directory_;
};

class MaildirWorld final : public FilesWorld {
 public:
  MaildirWorld() : FilesWorld("maildir") {}
  void put(const std::vector<std::string>& mails) override {
    put_into(path(), mails, [](const fs::path&) {});
  }
  std::vector<Seen> at(Place place) override {
    return maildir_mails(maildir_folder(path(), folder_of(place)));
  }
  void take_away(const std::string& bytes) override { take_from(path(), bytes); }
};

class DirectoryWorld final : public FilesWorld {
 public:
  DirectoryWorld() : FilesWorld("dir") {}
  void put(const std::vector<std::string>& mails) override {
    fs::create_directories(path() / "not-read");
    write(path() / "not-read" / "x.eml", "Subject: in a sub-directory\r\n\r\n");
    write(path() / ".hidden", "Subject: hidden\r\n\r\n");
    for (const auto& mail : mails) write(path() / ("mail " + std::to_string(100 + count_++)), mail);
  }
  std::vector<Seen> at(Place place) override {
    std::vector<Seen> mails;
    const auto folder = place == Place::source ? path() : path() / folder_of(place);
    if (!fs::exists(folder)) return mails;
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.is_regular_file() && entry.path().filename() != ".hidden")
        mails.push_back({contents(entry.path()), ""});
    }
    return sorted(std::move(mails));
  }
  void take_away(const std::string& bytes) override {
    for (const auto& entry : fs::directory_iterator(path())) {
      if (entry.is_regular_file() && contents(entry.path()) == bytes) {
        fs::remove(entry.path());
        return;
      }
    }
    FAIL("no such mail to take away");
  }

 private:
  int count_ = 0;
};

class MboxWorld final : public FilesWorld {
 public:
  MboxWorld() : FilesWorld("mbox") {}
  void put(const std::vector<std::string>& mails) override {
    std::ofstream file(path(), std::ios::binary | std::ios::app);
    for (const auto& mail : mails) {
      file << "From MAILER-DAEMON Tue Nov 24 06:33:31 2026\n" << mail << "\n";
      mails_.push_back(mail);
    }
  }
  std::vector<Seen> at(Place place) override {
    if (place != Place::source) return {};
    std::string expected;
    std::vector<Seen> mails;
    for (const auto& mail : mails_) {
      expected += "From MAILER-DAEMON Tue Nov 24 06:33:31 2026\n" + mail + "\n";
      mails.push_back({mail, ""});
    }
    CHECK(contents(path()) == expected);  // never changed
    return sorted(std::move(mails));
  }
  void take_away(const std::string&) override { FAIL("mails of an mbox can't be taken away"); }

 private:
  std::vector<std::string> mails_;
};

template <class World>
std::unique_ptr<MailboxWorld> make() {
  return std::make_unique<World>();
}

}  // namespace

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  REQUIRE_MESSAGE(value != nullptr, name, " is not set: run this by tests/support/dovecot.py run -- ...");
  return value;
}

std::string fresh_user() {
  static int number = 0;
  return "case" + std::to_string(++number) + "-" + std::to_string(::getpid()) + "@returns.example";
}

MailboxSettings imap_settings(const std::string& user, const std::string& folder) {
  MailboxSettings settings;
  settings.name = "returns";
  settings.url = environment("BOUNCED_TEST_IMAP_URL");
  settings.url.replace(settings.url.rfind('/') + 1, std::string::npos, folder);
  settings.user = user;
  settings.password.file = environment("BOUNCED_TEST_IMAP_PASSWORD_FILE");
  settings.ca_file = environment("BOUNCED_TEST_IMAP_CA_FILE");
  return settings;
}

void put_into_maildir(const std::string& user, const std::string& folder,
                      const std::vector<std::string>& mails) {
  const auto root = imap_root(user);
  fs::create_directories(root);
  own_like_the_server(root.parent_path());
  own_like_the_server(root);
  put_into(maildir_folder(root, folder), mails, own_like_the_server);
}

std::vector<Seen> imap_folder(const std::string& user, const std::string& folder) {
  return maildir_mails(maildir_folder(imap_root(user), folder));
}

std::vector<MailboxKind> mailbox_kinds() {
  const auto without = environment("BOUNCED_TEST_IMAP_WITHOUT");
  const bool uidplus = without.find("UIDPLUS") == std::string::npos;
  const bool moves = uidplus || without.find("MOVE") == std::string::npos;
  return {{"imap", make<ImapWorld>, moves, true, uidplus},
          {"maildir", make<MaildirWorld>, true, true, true},
          {"dir", make<DirectoryWorld>, true, false, true},
          {"mbox", make<MboxWorld>, false, false, false}};
}

}  // namespace bounced::test
