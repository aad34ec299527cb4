#include "config/rules_fields.hpp"
#include "config/rules_file.hpp"
#include "config/toml_document.hpp"
#include "config/words.hpp"

namespace bounced {
namespace {

constexpr std::size_t widest_list = 100;  // columns; a longer list has one line for each of its texts

std::string printed_list(const std::vector<std::string>& list, bool literal) {
  if (list.size() == 1) return toml_quoted(list[0], literal);
  std::string line = "[";
  std::string lines = "[\n";
  for (const auto& text : list) {
    const auto quoted = toml_quoted(text, literal);
    line += (line.size() > 1 ? ", " : "") + quoted;
    lines += "  " + quoted + ",\n";
  }
  return line.size() < widest_list ? line + "]" : lines + "]";
}

struct Print {
  bool literal;

  std::string operator()(const std::string& value) const { return toml_quoted(value, literal); }
  std::string operator()(const std::vector<std::string>& value) const { return printed_list(value, literal); }
  std::string operator()(int value) const { return std::to_string(value); }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::chrono::seconds value) const { return "\"" + print_duration(value) + "\""; }
  std::string operator()(Reason value) const { return quoted_name(to_string(value)); }
  std::string operator()(Confidence value) const { return quoted_name(to_string(value)); }
  std::string operator()(Advice value) const { return quoted_name(to_string(value)); }
  std::string operator()(Fault value) const { return quoted_name(to_string(value)); }

  static std::string quoted_name(std::string_view name) { return "\"" + std::string(name) + "\""; }
};

template <class Section, std::size_t N>
void print_section(std::string& out, std::string_view kind, const Section& section,
                   const std::array<RulesField<Section>, N>& fields) {
  static const Section defaults;
  if (!out.empty()) out += '\n';
  out += "[[" + std::string(kind) + "]]\n";
  for (const auto& field : fields) {
    const bool given = field.given && section.*(field.given);
    const auto value = std::visit(
        [&](auto member) -> std::string {
          const bool is_default = section.*member == defaults.*member;
          if (field.given ? !given : is_default && !field.required) return {};
          return Print{field.spelling == Spelling::pattern}(section.*member);
        },
        field.member);
    if (!value.empty()) out += std::string(field.name) + " = " + value + "\n";
  }
}

}  // namespace

std::string dump_rule(const Rule& rule) {
  std::string out;
  print_section(out, "rule", rule, rule_fields);
  return out;
}

std::string dump_rules(const RuleBook& book) {
  std::string out;
  for (const auto& vendor : book.vendors) print_section(out, "vendor", vendor, vendor_fields);
  for (const auto& term : book.terms) print_section(out, "term", term, term_fields);
  for (const auto& rule : book.rules) print_section(out, "rule", rule, rule_fields);
  return out;
}

}  // namespace bounced
