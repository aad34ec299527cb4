#include "config/rules_file.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

#include "parser/classify.hpp"
#include "shipped_rules_files.hpp"

namespace bounced {
namespace {

Failure failure_of(const std::vector<RulesFault>& faults) {
  std::string message = faults[0].origin + ": " + faults[0].what;
  if (faults.size() > 1) message += " (and " + std::to_string(faults.size() - 1) + " more)";
  return fail(Exit::config, std::move(message),
              "bounced rules test DIR names all that is wrong with the rules");
}

/// A short hash over everything in the book (FNV-1a, 64 bits): names a set of rules, guards nothing.
/// Puts the sections of the operator in: in place of the one of the same id, or, when it is new, before all
/// shipped ones, since of two rules of one rank the earlier wins.
template <class Section>
void replace_or_add(std::vector<Section>& sections, std::vector<Section>&& own) {
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < sections.size(); ++i) places.emplace(sections[i].id, i);
  std::vector<Section> joined;
  for (auto& section : own) {
    const auto place = places.find(section.id);
    if (place == places.end()) {
      joined.push_back(std::move(section));
    } else {
      sections[place->second] = std::move(section);
    }
  }
  joined.insert(joined.end(), std::make_move_iterator(sections.begin()),
                std::make_move_iterator(sections.end()));
  sections = std::move(joined);
}

/// Joins the files of one set, in which no id may occur twice.
class Set {
 public:
  void add(RulesReading reading) {
    for (auto& fault : reading.faults) faults_.push_back(std::move(fault));
    take(book_.vendors, vendor_origins_, std::move(reading.book.vendors), "vendor");
    take(book_.rules, rule_origins_, std::move(reading.book.rules), "rule");
    for (auto& term : reading.book.terms) book_.terms.push_back(std::move(term));
  }
  [[nodiscard]] const std::vector<RulesFault>& faults() const { return faults_; }
  RuleBook take_book() { return std::move(book_); }

 private:
  using Origins = std::map<std::string, std::string>;

  template <class Section>
  void take(std::vector<Section>& all, Origins& origins, std::vector<Section>&& added, const char* kind) {
    for (auto& section : added) {
      const auto [known, is_new] = origins.emplace(section.id, section.origin);
      if (is_new) {
        all.push_back(std::move(section));
      } else {
        faults_.push_back({section.origin, std::string(kind) + " \"" + section.id +
                                               "\": id is used twice; the other is at " + known->second});
      }
    }
  }

  RuleBook book_;
  std::vector<RulesFault> faults_;
  Origins vendor_origins_;
  Origins rule_origins_;
};

Set shipped_set() {
  Set set;
  for (const auto& file : shipped_rules_files) {
    RulesReading reading = inspect_rules(file.text, file.name);
    for (auto& vendor : reading.book.vendors) vendor.checked = true;
    for (auto& rule : reading.book.rules) rule.checked = true;
    set.add(std::move(reading));
  }
  return set;
}

Result<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  if (stream) text << stream.rdbuf();
  if (!stream || stream.bad())
    return fail(Exit::no_input, path.string() + ": can't be read", "check its permissions");
  return text.str();
}

Result<std::vector<std::filesystem::path>> rules_files_in(const std::string& directory) {
  std::error_code error;
  std::vector<std::filesystem::path> paths;
  for (std::filesystem::directory_iterator at(directory, error), end; !error && at != end;
       at.increment(error))
    if (at->path().extension() == ".toml" && !at->path().filename().string().starts_with('.'))
      paths.push_back(at->path());  // editors keep half-written copies in dot-files
  if (error)
    return fail(Exit::no_input, directory + ": can't be read: " + error.message(),
                "the rules directory is named in the settings");
  std::sort(paths.begin(), paths.end());
  return paths;
}

Result<Set> directory_set(const std::string& directory) {
  Set set;
  const auto paths = rules_files_in(directory);
  if (!paths) return fail(paths.error());
  for (const auto& path : *paths) {
    const auto text = read_file(path);
    if (!text) return fail(text.error());
    set.add(inspect_rules(*text, path.string()));
  }
  return set;
}

}  // namespace

std::string rules_version(const RuleBook& book) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : dump_rules(book)) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  std::ostringstream out;
  out << std::hex << hash;
  return out.str();
}

Result<RuleBook> read_rules(const std::string& text, const std::string& file) {
  auto reading = inspect_rules(text, file);
  if (!reading.faults.empty()) return failure_of(reading.faults);
  return std::move(reading.book);
}

Result<RuleBook> load_rules(const std::string& directory) {
  auto shipped = shipped_set();
  if (!shipped.faults().empty()) return failure_of(shipped.faults());
  auto book = shipped.take_book();
  if (!directory.empty()) {
    auto added = directory_set(directory);
    if (!added) return fail(added.error());
    if (!added->faults().empty()) return failure_of(added->faults());
    auto own = added->take_book();
    replace_or_add(book.vendors, std::move(own.vendors));
    replace_or_add(book.rules, std::move(own.rules));
    for (auto& term : own.terms) book.terms.push_back(std::move(term));
  }
  return book;
}

std::vector<RulesFault> check_rules_directory(const std::string& directory) {
  if (!directory.empty()) {
    const auto own = directory_set(directory);
    if (!own) return {{directory, own.error().message}};
    if (!own->faults().empty()) return own->faults();
  }
  auto book = load_rules(directory);
  if (!book) return {{directory, book.error().message}};
  const auto classifier = Classifier::make(std::move(*book));
  if (!classifier) return {{directory, classifier.error().message}};
  std::vector<RulesFault> faults;
  for (auto& fault : check_rules(*classifier))
    faults.push_back({std::move(fault.origin), "rule \"" + fault.rule + "\": " + fault.what});
  return faults;
}

}  // namespace bounced
