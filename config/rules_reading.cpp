#include <algorithm>
#include <type_traits>

#include "config/rules_fields.hpp"
#include "config/rules_file.hpp"
#include "config/toml_document.hpp"
#include "config/words.hpp"

namespace bounced {
namespace {

constexpr std::int64_t longest_reach = 1000;  // words between subject and predicate; no reply has more

bool is_id(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f && c != '"'; });
}

template <class Section, std::size_t N>
std::vector<std::string_view> names_of(const std::array<RulesField<Section>, N>& fields) {
  std::vector<std::string_view> names;
  names.reserve(N);
  for (const auto& field : fields) names.push_back(field.name);
  return names;
}

std::vector<std::string_view> reason_names() {
  std::vector<std::string_view> names;
  names.reserve(reason_table.size());
  for (const auto& row : reason_table) names.push_back(row.name);
  return names;
}

/// What is wrong with a text for that spelling; "" when nothing is.
std::string spelling_fault(Spelling spelling, std::string_view text) {
  switch (spelling) {
    case Spelling::id:
      return is_id(text) ? "" : "has blanks, quotes or letters beyond ASCII in it";
    case Spelling::status:
      return status_condition_fault(text);
    case Spelling::reply_code:
      return reply_code_condition_fault(text);
    case Spelling::plain:
    case Spelling::pattern:
      break;
  }
  return {};
}

/// Puts a value into a field of the section; says what is wrong with it, "" when nothing is.
struct Fill {
  const TomlValue& value;
  Spelling spelling;

  [[nodiscard]] std::string wanted(std::string_view what) const {
    return "wants " + std::string(what) + ", not " + std::string(value.kind_name());
  }
  std::string operator()(std::string& member) const {
    if (value.kind != TomlValue::Kind::string) return wanted("a string");
    member = value.text;
    return spelling_fault(spelling, member);
  }
  std::string operator()(std::vector<std::string>& member) const {
    if (value.kind == TomlValue::Kind::string) {
      member = {value.text};
    } else if (value.kind == TomlValue::Kind::array) {
      for (const auto& item : value.items) {
        if (item.kind != TomlValue::Kind::string)
          return "wants strings in its list, not " + std::string(item.kind_name());
        member.push_back(item.text);
      }
    } else {
      return wanted("a string or a list of strings");
    }
    const bool blank =
        std::any_of(member.begin(), member.end(), [](const auto& text) { return text.empty(); });
    return blank ? "has an empty string in it" : "";
  }
  std::string operator()(int& member) const {
    if (value.kind != TomlValue::Kind::integer) return wanted("a whole number");
    if (value.integer < 0 || value.integer > longest_reach)
      return "wants a number from 0 to " + std::to_string(longest_reach);
    member = static_cast<int>(value.integer);
    return {};
  }
  std::string operator()(bool& member) const {
    if (value.kind != TomlValue::Kind::boolean) return wanted("true or false");
    member = value.boolean;
    return {};
  }
  std::string operator()(std::chrono::seconds& member) const {
    if (value.kind != TomlValue::Kind::string) return wanted("a time such as \"1h\"");
    const auto duration = read_duration(value.text);
    if (!duration)
      return "wants a time such as \"90s\", \"10m\", \"1h\" or \"2d\", not \"" + value.text + "\"";
    member = *duration;
    return {};
  }
  std::string operator()(Reason& member) const {
    if (value.kind != TomlValue::Kind::string) return wanted("the name of a reason");
    const auto reason = reason_named(value.text);
    if (!reason) return "\"" + value.text + "\" is no reason" + did_you_mean(value.text, reason_names());
    member = *reason;
    return {};
  }
  std::string operator()(Confidence& member) const { return name_in(confidence_names, member); }
  std::string operator()(Advice& member) const { return name_in(advice_names, member); }
  std::string operator()(Fault& member) const { return name_in(fault_names, member); }

  template <class Enum, std::size_t N>
  std::string name_in(const std::array<std::string_view, N>& names, Enum& member) const {
    const auto found = named<Enum>(names, value.kind == TomlValue::Kind::string ? value.text : "");
    if (found) {
      member = *found;
      return {};
    }
    std::string all;
    for (const auto name : names) all += (all.empty() ? "\"" : ", \"") + std::string(name) + "\"";
    return "wants one of " + all;
  }
};

class Reader {
 public:
  explicit Reader(std::string_view file) : file_(file) {}

  RulesReading read(const TomlValue& document) {
    for (const auto& [key, value] : document.entries) {
      if (key == "vendor") {
        read_sections("vendor", value, vendor_fields, reading_.book.vendors);
      } else if (key == "term") {
        read_sections("term", value, term_fields, reading_.book.terms);
      } else if (key == "rule") {
        read_sections("rule", value, rule_fields, reading_.book.rules);
      } else {
        fault(value.line, "unknown section \"" + key + "\"" + did_you_mean(key, {"vendor", "term", "rule"}));
      }
    }
    std::stable_sort(reading_.faults.begin(), reading_.faults.end(),
                     [](const auto& a, const auto& b) { return line_in(a) < line_in(b); });
    return std::move(reading_);
  }

 private:
  static long line_in(const RulesFault& fault) {
    return std::stol(fault.origin.substr(fault.origin.rfind(':') + 1));
  }
  [[nodiscard]] std::string origin(int line) const { return file_ + ":" + std::to_string(line); }
  void fault(int line, std::string what) { reading_.faults.push_back({origin(line), std::move(what)}); }

  template <class Section, std::size_t N>
  void read_sections(std::string_view kind, const TomlValue& value,
                     const std::array<RulesField<Section>, N>& fields, std::vector<Section>& sections) {
    const bool tables = value.kind == TomlValue::Kind::array &&
                        std::all_of(value.items.begin(), value.items.end(),
                                    [](const auto& item) { return item.kind == TomlValue::Kind::table; });
    if (!tables) {
      fault(value.line, "\"" + std::string(kind) + "\" is written as [[" + std::string(kind) + "]]");
      return;
    }
    for (const auto& table : value.items) {
      const auto before = reading_.faults.size();
      auto section = read_section(kind, table, fields);
      if (reading_.faults.size() == before) check(table.line, section, sections);
      if (reading_.faults.size() == before) sections.push_back(std::move(section));
    }
  }

  template <class Section, std::size_t N>
  Section read_section(std::string_view kind, const TomlValue& table,
                       const std::array<RulesField<Section>, N>& fields) {
    Section section;
    section.origin = origin(table.line);
    label_ = label(kind, table);
    for (const auto& [key, value] : table.entries) {
      const auto field =
          std::find_if(fields.begin(), fields.end(), [&key = key](const auto& f) { return f.name == key; });
      if (field == fields.end()) {
        fault(value.line, label_ + "unknown key \"" + key + "\"" + did_you_mean(key, names_of(fields)));
        continue;
      }
      const auto wrong = std::visit(
          [&, &value = value](auto member) {
            return Fill{value, field->spelling}(section.*member);
          },
          field->member);
      if (!wrong.empty()) fault(value.line, label_ + std::string(field->name) + ": " + wrong);
      if (field->given) section.*(field->given) = true;
    }
    for (const auto& field : fields) {
      const auto* const value = field.required ? table.find(field.name) : &table;
      if (!value || is_empty(*value))
        fault(table.line, label_ + "has no \"" + std::string(field.name) + "\"");
    }
    return section;
  }

  static bool is_empty(const TomlValue& value) {
    return (value.kind == TomlValue::Kind::string && value.text.empty()) ||
           (value.kind == TomlValue::Kind::array && value.items.empty());
  }

  static std::string label(std::string_view kind, const TomlValue& table) {
    const auto* name = table.find(kind == "term" ? "name" : "id");
    std::string label(kind);
    if (name && name->kind == TomlValue::Kind::string) label += " \"" + name->text + "\"";
    return label + ": ";
  }

  void check_id(int line, const std::string& id, const std::string& other_origin) {
    fault(line, label_ + "id \"" + id + "\" is used twice; the other is at " + other_origin);
  }
  template <class Section>
  void check_ids(int line, const Section& section, const std::vector<Section>& others) {
    if (section.id.empty()) return;
    const auto other = std::find_if(others.begin(), others.end(),
                                    [&](const Section& known) { return known.id == section.id; });
    if (other != others.end()) check_id(line, section.id, other->origin);
  }
  void check(int line, const VendorFacts& vendor, const std::vector<VendorFacts>& others) {
    check_ids(line, vendor, others);
  }
  void check(int /*line*/, const Term& /*term*/, const std::vector<Term>& /*others*/) {}
  void check(int line, const Rule& rule, const std::vector<Rule>& others) {
    check_ids(line, rule, others);
    if (rule.pattern.empty() && rule.subject.empty() && rule.predicate.empty() && rule.reply_code.empty() &&
        rule.status.empty() && rule.command.empty())
      fault(line, label_ + "has no condition: give a pattern, a predicate, a status or a reply_code");
  }

  std::string file_;
  std::string label_;
  RulesReading reading_;
};

}  // namespace

RulesReading inspect_rules(std::string_view text, std::string_view file) {
  const auto document = read_toml(text, file);
  if (!document) {
    RulesReading reading;
    // "file:line:column: what" as read_toml writes it; the file's own name may have colons and blanks in it.
    const std::string& message = document.error().message;
    const auto colon = message.find(": ", std::min(file.size(), message.size()));
    const auto where = message.substr(0, colon);
    reading.faults.push_back(
        {where.substr(0, where.rfind(':')), colon == message.npos ? message : message.substr(colon + 2)});
    return reading;
  }
  return Reader(file).read(*document);
}

}  // namespace bounced
