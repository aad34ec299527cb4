// The table of options: every section of the settings file and every option in it.
#pragma once

#include <string_view>
#include <vector>

#include "config/option.hpp"
#include "config/settings.hpp"

namespace bounced {

enum class Shape : std::uint8_t {
  table,       ///< [name]
  list,        ///< [[name]], any number of times
  per_reason,  ///< [name.REASON]
};

struct Section {
  std::string_view name;
  Shape shape = Shape::table;
  std::string_view documentation;
};

/// In the order in which the manual and the example show them.
const std::vector<Section>& sections();

const std::vector<Option<Settings>>&
general_options();  ///< of every [section]; OptionFacts::section says which
/// Adds those of [authenticity], [policy], [breaker], [issues] and [retention] (decision_options.cpp), for
/// general_options.
void add_decision_options(std::vector<Option<Settings>>& rows);
/// Adds those of [summary] (summary_options.cpp).
void add_summary_options(std::vector<Option<Settings>>& rows);
const std::vector<Option<MailboxSettings>>& mailbox_options();  ///< [[mailbox]]
const std::vector<Option<TargetSettings>>& target_options();    ///< [[target]]
const std::vector<Option<VerpConvention>>& verp_options();      ///< [[verp]]
const std::vector<Option<Threshold>>& threshold_options();      ///< [policy.REASON]
const std::vector<Option<PolicyOverride>>& override_options();  ///< [[policy.override]]

/// Calls `visit(name, options, items)` for each [[list]]; `items` is the vector of Settings that holds it.
/// A new list of the settings file is one row of sections(), one function with its options, and one line
/// here.
template <class AnySettings, class Visitor>
void for_each_list(AnySettings& settings, Visitor visit) {
  visit(std::string_view("mailbox"), mailbox_options(), settings.mailboxes);
  visit(std::string_view("target"), target_options(), settings.targets);
  visit(std::string_view("verp"), verp_options(), settings.own_verp);
  visit(std::string_view("policy.override"), override_options(), settings.policy.overrides);
}

/// A built-in VERP convention, with an address of that form in which user@example.com is the recipient.
struct VerpForm {
  VerpConvention convention;
  std::string_view address;
  std::string_view writer;  ///< who writes it, for the manual
};
const std::vector<VerpForm>& verp_forms();

/// The options of a section, in order: of lists and reasons too.
std::vector<const OptionFacts*> options_of(const Section& section);

}  // namespace bounced
