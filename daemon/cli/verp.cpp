// verp sign, verify, key: return paths that prove what bounces to them.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "daemon/authenticity.hpp"
#include "daemon/cli/commands.hpp"
#include "daemon/cli/json_line.hpp"
#include "daemon/cli/table.hpp"
#include "daemon/line_reader.hpp"
#include "daemon/plain_text.hpp"
#include "daemon/time_text.hpp"
#include "parser/address.hpp"
#include "parser/text.hpp"

namespace bounced {
namespace {

constexpr UnixSeconds day_seconds = 24 * 60 * 60;
/// As long as verp_expires may be.
constexpr int most_days = 365;

struct Options {
  std::vector<std::string> addresses;
  std::string return_path, recipient, file;
  int days = 0;
  bool json = false;
};

/// Calls `each` for every address of the command line, and for every line of standard input where "-" stands.
Result<void> for_each_address(const std::vector<std::string>& words,
                              const std::function<bool(const std::string&)>& each) {
  for (const std::string& word : words) {
    if (word != "-") {
      if (!each(word)) return {};
      continue;
    }
    LineReader reader(STDIN_FILENO);
    std::string_view line;
    while (reader.next(line))
      if (!each(std::string(trim(line)))) return {};
    if (reader.fault() != 0)
      return fail(Exit::io, std::string("standard input: ") + std::strerror(reader.fault()));
  }
  return {};
}

/// The moment at which a signature ceases to hold.
UnixSeconds end_of(const SignedReturnPath& path) { return (path.day + 1) * day_seconds; }

Result<Authenticator> with_keys(const Settings& settings) {
  auto made = Authenticator::make(settings);
  if (made && made->keys().empty())
    return fail(
        Exit::config, "there is no key to sign with",
        "bounced verp key /etc/bounced/verp.key makes one; name it in verp_keys of [authenticity] then");
  return made;
}

void print_signed(const Options& options, Output& out, const SignedReturnPath& path,
                  const std::string& separator) {
  const auto address = signed_address(path, separator);
  if (!options.json) return out.line(address);
  JsonLine line;
  out.write(line.text("recipient", path.recipient)
                .text("return_path", address)
                .text("form", fits_long_form(path, separator) ? "long" : "short")
                .time("expires_at", end_of(path))
                .finish());
}

Result<Exit> sign(const Options& options, Session& session) {
  const auto settings = session.settings();
  if (!settings) return fail(settings.error());
  const auto authenticator = with_keys(*settings);
  if (!authenticator) return fail(authenticator.error());
  const SignedVerpForm& form = settings->reading.signed_verp;
  if (options.return_path.empty() && form.return_paths.empty())
    return fail(Exit::config, "there is no return path to sign",
                "add verp_return_paths to [authenticity], or say --for ADDRESS");
  const auto& base = options.return_path.empty() ? form.return_paths.front() : options.return_path;
  const auto days = options.days != 0 ? options.days : settings->authenticity.verp_expires.count() / 24;
  const auto day = day_of(now_seconds()) + days;
  Exit worst = Exit::ok;
  const auto read = for_each_address(options.addresses, [&](const std::string& address) {
    const auto made = sign_return_path(authenticator->keys(), address, base, day, form.separator);
    if (made) {
      print_signed(options, session.out, *made, form.separator);
    } else {
      complain(made.error());
      if (!options.json) session.out.line("");  // a line for each line, so that none is taken for another's
      worst = Exit::data;
    }
    return session.out.good();
  });
  if (!read) return fail(read.error());
  return worst;
}

struct Verified {
  std::string state = "unsigned";
  std::string recipient;
  UnixSeconds expires_at = 0;
};

Verified verified(const Authenticator& authenticator, const SignedVerpForm& form, const std::string& address,
                  const std::string& recipient) {
  const auto path = read_signed_path(address, form);
  if (!path) return {};
  Verified found;
  found.recipient = path->recipient.empty() ? recipient : path->recipient;
  if (path->well_formed) found.expires_at = end_of(*path);
  if (path->well_formed && found.recipient.empty())
    found.state = "short";
  else
    found.state =
        to_string(authenticator.check(*path, recipient.empty() ? found.recipient : recipient, now_seconds()));
  return found;
}

Result<Exit> verify(const Options& options, Session& session) {
  const auto recipient = normal_address(options.recipient);
  if (!options.recipient.empty() && !is_address(recipient))
    return fail(Exit::usage, "'" + options.recipient + "' is no mail address", "");
  const auto settings = session.settings();
  if (!settings) return fail(settings.error());
  const auto authenticator = with_keys(*settings);
  if (!authenticator) return fail(authenticator.error());
  Exit worst = Exit::ok;
  JsonLine line;
  Table table(session.out, {"RESULT", "RECIPIENT", "EXPIRES", "ADDRESS"});
  bool any_short = false;
  const auto read = for_each_address(options.addresses, [&](const std::string& address) {
    const auto found = verified(*authenticator, settings->reading.signed_verp, address, recipient);
    if (found.state != to_string(SignatureState::valid)) worst = Exit::data;
    any_short = any_short || found.state == "short";
    if (options.json)
      session.out.write(line.text("address", address)
                            .text("result", found.state)
                            .text("recipient", found.recipient)
                            .time("expires_at", found.expires_at)
                            .finish());
    else
      table.row({found.state, found.recipient,
                 session.out.is_terminal() ? local_minute(found.expires_at) : rfc3339(found.expires_at),
                 address});
    return session.out.good();
  });
  if (!read) return fail(read.error());
  if (any_short)
    complain("bounced: a short return path does not name its recipient: say --recipient ADDRESS");
  return worst;
}

/// Writes a new key where nothing is yet: an old one may still be needed to verify.
Result<Exit> make_key(const Options& options, Session& session) {
  const auto key = new_verp_key();
  if (!key) return fail(key.error());
  if (options.file == "-") {
    session.out.line(*key);
    return Exit::ok;
  }
  const int file =
      ::open(options.file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (file < 0 && errno == EEXIST)
    return fail(
        Exit::cant_create, options.file + " is there already",
        "give the new key another name, put it in front of verp_keys, and keep the old one there until "
        "what it signed has expired");
  if (file < 0) return fail(Exit::cant_create, options.file + ": " + std::strerror(errno), "");
  Output out(file);
  out.line(*key);
  auto written = out.finish();
  if (::fsync(file) != 0 && written) written = fail(Exit::io, options.file + ": " + std::strerror(errno));
  ::close(file);
  if (!written) {
    ::unlink(options.file.c_str());
    return fail(written.error());
  }
  return Exit::ok;
}

}  // namespace

void declare_verp(CommandSpec& command) {
  const auto options = std::make_shared<Options>();
  auto signing = command.sub("sign", "the return path for a mail to each address, one a line");
  signing.arguments("ADDRESS", options->addresses, "recipients; - is standard input, one a line");
  signing.text("--for", "RETURN-PATH", options->return_path,
               "the return path to sign, instead of the first of verp_return_paths");
  signing.number("--days", options->days, 1, most_days, "how long it holds, instead of verp_expires");
  signing.flag("--json", options->json, "JSON Lines");
  signing.action([options](Session& session) { return sign(*options, session); });
  auto verifying = command.sub("verify", "whether the signatures of return paths hold");
  verifying.arguments("ADDRESS", options->addresses, "return paths; - is standard input, one a line");
  verifying.text("--recipient", "ADDRESS", options->recipient,
                 "whom they must be signed for; needed for those in the short form");
  verifying.flag("--json", options->json, "JSON Lines");
  verifying.action([options](Session& session) { return verify(*options, session); });
  auto making = command.sub("key", "make a key in a file that only its owner can read");
  making.argument("FILE", options->file, "the file, which must not be there yet; - is standard output");
  making.action([options](Session& session) { return make_key(*options, session); });
}

}  // namespace bounced
