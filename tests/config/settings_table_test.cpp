// What must hold for every row of the table of options, so that a new row is tested by being there.
#include "config/settings_table.hpp"

#include <doctest/doctest.h>
#include <re2/re2.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>
#include <set>

#include "config/option_value.hpp"
#include "config/toml_document.hpp"

namespace bounced {
namespace {

std::string header_of(const Section& section) {
  const auto name = std::string(section.name);
  return section.shape == Shape::list         ? "[[" + name + "]]\n"
         : section.shape == Shape::per_reason ? "[" + name + ".mailbox_full]\n"
                                              : "[" + name + "]\n";
}

/// Calls `visit(section, facts)` for every option.
template <class Visitor>
int for_each_option(Visitor visit) {
  int count = 0;
  for (const auto& section : sections())
    for (const auto* facts : options_of(section)) {
      visit(section, *facts);
      ++count;
    }
  return count;
}

bool tells(const SettingsReading& reading, std::string_view key, std::string_view part) {
  return std::any_of(reading.faults.begin(), reading.faults.end(), [&](const SettingsFault& fault) {
    return fault.line == 2 && fault.key.ends_with("." + std::string(key)) &&
           fault.what.find(part) != std::string::npos;
  });
}

TEST_CASE("every row says what it is") {
  std::set<std::string> seen;
  const int rows = for_each_option([&](const Section& section, const OptionFacts& facts) {
    CAPTURE(section.name);
    CAPTURE(facts.key);
    CHECK(facts.section == section.name);
    CHECK(seen.insert(header_of(section) + std::string(facts.key)).second);
    CHECK(facts.documentation.size() > 15);
    CHECK(facts.documentation.ends_with('.'));
    CHECK(facts.key.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos);
    CHECK((facts.form == Form::word || facts.form == Form::words) == !facts.words.empty());
    if (facts.form == Form::count || facts.form == Form::size || facts.form == Form::duration)
      CHECK(facts.maximum < std::numeric_limits<std::int64_t>::max());
    if (facts.required) CHECK_FALSE(facts.example.empty());
  });
  CHECK(rows > 35);
  for (const auto& section : sections()) {
    CAPTURE(section.name);
    CHECK(section.documentation.ends_with('.'));
    CHECK(!options_of(section).empty());
  }
}

TEST_CASE("the example of every row is read, and other kinds of value are told with their line") {
  int examples = 0;
  for_each_option([&](const Section& section, const OptionFacts& facts) {
    const auto key = std::string(facts.key);
    const auto read = [&](const std::string& line) {
      return read_settings(header_of(section) + line + "\n", "x");
    };
    if (!facts.example.empty()) {
      const auto line = key + " = " + std::string(facts.example);
      CAPTURE(line);
      CHECK_FALSE(tells(read(line), key, ""));
      ++examples;
    }
    for (const std::string value : {"1.5", "true", "{}", "2020-01-01"}) {
      CAPTURE(value);
      CHECK(tells(read(key + " = " + value), key, "wants "));
    }
    const auto misspelt = key.size() > 4 ? key.substr(0, 1) + key.substr(2) : key + "s";
    CAPTURE(misspelt);
    CHECK(tells(read(misspelt + " = 1"), misspelt, "(did you mean \""));
  });
  CHECK(examples > 15);
}

TEST_CASE("the limits of every number hold") {
  int ran = 0;
  for_each_option([&](const Section& section, const OptionFacts& facts) {
    if (facts.form != Form::count && facts.form != Form::size && facts.form != Form::duration) return;
    const auto key = std::string(facts.key);
    CAPTURE(key);
    const auto read = [&](std::int64_t value) {
      return read_settings(header_of(section) + key + " = " + std::to_string(value) + "\n", "x");
    };
    const auto unit = facts.form == Form::duration ? facts.plain_unit : 1;
    CHECK_FALSE(tells(read((facts.minimum + unit - 1) / unit), key, "must be from"));
    CHECK_FALSE(tells(read(facts.maximum / unit), key, "must be from"));
    CHECK(tells(read(facts.maximum / unit + 1), key, "must be from"));
    CHECK(tells(read(-1), key, "must be from"));
    ++ran;
  });
  CHECK(ran > 12);
}

/// Texts that could come out other than they went in.
const std::vector<std::string> odd_texts{"plain",
                                         "/etc/x y",
                                         "a'b",
                                         "a\"b",
                                         "a\\b",
                                         "a'\"\\b",
                                         "# no comment",
                                         "[x]",
                                         "é漢😀",
                                         "user@example.org",
                                         "@example.org",
                                         "https://h.example/a?b=c%20d",
                                         "75",
                                         "imaps://h/Größe%20x",
                                         "07:00",
                                         "smtp://mail.example.org:587",
                                         "imap://[::1]:1/a",
                                         "mbox:/var/mail/x",
                                         "$Done",
                                         "AUTH=PLAIN",
                                         "X-Campaign",
                                         "a.example",
                                         "192.0.2.53",
                                         "[2001:db8::53]:5353",
                                         "'''",
                                         "\"\"\"",
                                         "^(?P<local>\\w)(?P<domain>\\.)'\"$",
                                         "%",
                                         "  ",
                                         "="};

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  std::int64_t number(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(engine_);
  }
  template <class T>
  const T& one_of(const std::vector<T>& all) {
    return all[static_cast<std::size_t>(number(0, static_cast<std::int64_t>(all.size()) - 1))];
  }

 private:
  std::mt19937 engine_;
};

OptionValue random_value(const OptionFacts& facts, std::int64_t step, Dice& dice) {
  std::vector<std::string> texts(facts.words.begin(), facts.words.end());
  if (texts.empty())
    std::copy_if(odd_texts.begin(), odd_texts.end(), std::back_inserter(texts), [&](const std::string& text) {
      return facts.check == nullptr || facts.check(text).empty();
    });
  switch (facts.form) {
    case Form::text:
    case Form::word:
      REQUIRE_MESSAGE(!texts.empty(), facts.key);
      return dice.one_of(texts);
    case Form::texts:
    case Form::words: {
      REQUIRE_MESSAGE(!texts.empty(), facts.key);
      std::vector<std::string> list;
      for (auto count = dice.number(0, 3); count > 0; --count)
        if (const auto& text = dice.one_of(texts); std::find(list.begin(), list.end(), text) == list.end())
          list.push_back(text);
      return list;
    }
    default:
      if (!facts.zero_word.empty() && dice.number(0, 3) == 0) return std::int64_t{0};
      return dice.number((facts.minimum + step - 1) / step, facts.maximum / step) * step;
  }
}

template <class Owner>
void randomise(const std::vector<Option<Owner>>& options, std::string_view section, Owner& owner,
               Dice& dice) {
  const auto source = dice.number(0, 3);  // exactly one password
  int sources = 0;
  for (const auto& row : options) {
    if (row.facts.section != section || row.facts.secret) continue;
    const bool is_source = row.facts.key.starts_with("password") || row.facts.key == "credential";
    if (is_source && sources++ != source) continue;
    row.set(owner, random_value(row.facts, row.step, dice));
  }
}

template <class Owner>
void compare(const std::vector<Option<Owner>>& options, const Owner& a, const Owner& b) {
  for (const auto& row : options) {
    CAPTURE(row.facts.section);
    CAPTURE(row.facts.key);
    CHECK(option_value_toml(row.facts, row.get(a)) == option_value_toml(row.facts, row.get(b)));
    CHECK(row.get(a) == row.get(b));
  }
}

TEST_CASE("whatever the settings are, show reads back to them") {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    Dice dice(seed);
    Settings settings;
    for (const auto& section : sections())
      if (section.shape == Shape::table) randomise(general_options(), section.name, settings, dice);
    for_each_list(settings, [&](std::string_view name, const auto& options, auto& items) {
      items.resize(static_cast<std::size_t>(dice.number(0, 3)));
      for (auto& item : items) randomise(options, name, item, dice);
    });
    for (auto& [reason, threshold] : settings.policy.thresholds)
      randomise(threshold_options(), "policy", threshold, dice);

    const auto shown = show_settings(settings);
    CAPTURE(shown);
    const auto again = read_settings(shown, "").settings;
    compare(general_options(), settings, again);
    for (const auto& [reason, threshold] : settings.policy.thresholds)
      compare(threshold_options(), threshold, again.policy.thresholds.at(reason));
    CHECK(again.mailboxes == settings.mailboxes);
    CHECK(again.own_verp.size() == settings.own_verp.size());
    for (std::size_t i = 0; i < std::min(again.own_verp.size(), settings.own_verp.size()); ++i)
      compare(verp_options(), settings.own_verp[i], again.own_verp[i]);
    CHECK(show_settings(again) == shown);
  }
}

TEST_CASE("show leaves secrets out and says where they come from") {
  const std::string text =
      "[[mailbox]]\nname = 'a'\nurl = 'imaps://h/INBOX'\nuser = 'u'\npassword = 'hunter2'\n"
      "[[mailbox]]\nname = 'b'\nurl = 'imaps://i/INBOX'\nuser = 'u'\npassword_file = '/etc/secret'\n";
  const auto reading = read_settings(text, "x");
  CHECK(reading.faults.empty());
  const auto shown = show_settings(reading.settings);
  CHECK(shown.find("hunter2") == std::string::npos);
  CHECK(shown.find("# password is set here, and left out\n") != std::string::npos);
  CHECK(shown.find("password_file = \"/etc/secret\"\n") != std::string::npos);
}

TEST_CASE("the example file has every option and changes nothing") {
  const auto example = example_settings();
  const auto reading = read_settings(example, "");
  for (const auto& fault : reading.faults) FAIL_CHECK(fault_line(fault, "example"));
  CHECK(show_settings(reading.settings) == show_settings(Settings{}));
  for_each_option([&](const Section&, const OptionFacts& facts) {
    CAPTURE(facts.key);
    CHECK(example.find(std::string(facts.key) + " = ") != std::string::npos);
  });

  // With the comment signs of a list's options gone, they are read too.
  std::string list = example.substr(example.find("# [[mailbox]]"));
  list = list.substr(0, list.find("\n[run]"));
  std::string uncommented;
  for (std::size_t at = 0; at < list.size();) {
    const auto end = std::min(list.find('\n', at), list.size());
    const auto line = list.substr(at, end - at);
    const auto equals = line.find(" = ");
    if (line.starts_with("# [[")) uncommented += line.substr(2) + "\n";
    if (line.starts_with("# ") && equals != std::string::npos && line.find(' ', 2) == equals)
      uncommented += line.substr(2) + "\n";
    at = end + 1;
  }
  CAPTURE(uncommented);
  const auto mailbox = read_settings(uncommented, "");
  REQUIRE(mailbox.settings.mailboxes.size() == 1);
  for (const auto& fault : mailbox.faults) CHECK(fault.what.find("the password is given twice") == 0);
}

TEST_CASE("the manual page in contrib/man is what the table says") {
  std::ifstream file("contrib/man/bounced.toml.5", std::ios::binary);
  REQUIRE(file);
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  CHECK_MESSAGE(page == settings_manual(), "run: bounced config manual > contrib/man/bounced.toml.5");
  for_each_option([&](const Section&, const OptionFacts& facts) {
    CAPTURE(facts.key);
    CHECK(page.find("\n.B " + std::string(facts.key) + "\n") != std::string::npos);
  });
}

TEST_CASE(
    "every VERP convention finds the recipient in its own address, and none in addresses that look alike") {
  CHECK(verp_forms().size() == verp_conventions().size());
  const auto decoder = VerpDecoder::make(Settings{}.reading.verp);
  REQUIRE(decoder);
  for (const auto& form : verp_forms()) {
    CAPTURE(form.convention.name);
    CHECK(decoder->decode(form.address) == "user@example.com");
    const RE2 pattern(form.convention.pattern);
    REQUIRE(pattern.ok());
    std::string local;
    std::string domain;
    REQUIRE(RE2::PartialMatch(re2::StringPiece(form.address.data(), form.address.size()), pattern, &local,
                              &domain));
    CHECK(local == "user");
    CHECK(domain == "example.com");
    for (const std::string other :
         {"SRS0=4f2a=XK=example.com=user@forward.example",
          "SRS0+4f2a=XK=example.com=john.doe@forward.example",
          "SRS1=Qc=other.example==4f2a=XK=example.com=user@forward.example",
          "prvs=4f2a1234ab=user@example.com", "user@example.com", "bounces@lists.example.org",
          "list-bounces@lists.example.org", "owner-list@lists.example.org",
          "list-return-123@lists.example.org", "btv1==123abc==user@example.com",
          "list-bounces+abcdef0123@lists.example.org"}) {
      CAPTURE(other);
      CHECK_FALSE(RE2::PartialMatch(other, pattern));
    }
  }
}

TEST_CASE("thresholds follow the advice of the reason") {
  const auto thresholds = default_thresholds();
  for (const auto& row : reason_table) {
    CAPTURE(row.name);
    const bool counts = row.advice == Advice::suppress || row.advice == Advice::soft;
    CHECK(thresholds.contains(row.reason) == counts);
    if (counts) CHECK((thresholds.at(row.reason).count == 1) == (row.advice == Advice::suppress));
  }
  CHECK(thresholds.at(Reason::mailbox_full).count == 5);
}

}  // namespace
}  // namespace bounced
