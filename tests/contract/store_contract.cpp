#include "tests/contract/store_contract.hpp"

#include <doctest/doctest.h>

#include "tests/contract/store_checks.hpp"

namespace bounced::contract {
namespace {

struct NamedCheck {
  const char* name;
  void (*check)(Store&);
};

constexpr NamedCheck checks[] = {
    {"the journal counts each content once", journal_counts_content_once},
    {"a duplicate takes no events", a_duplicate_takes_no_events},
    {"a rollback leaves nothing", rollback_leaves_nothing},
    {"one transaction at a time", one_transaction_at_a_time},
    {"events come back as they went", events_come_back_as_they_went},
    {"addresses stream in order", addresses_stream_in_order},
    {"an event is judged again", an_event_is_judged_again},
    {"history has no distrusted event", history_has_no_distrusted_event},
    {"every enumerator survives", every_enumerator_survives},
    {"history is bounded and in order", history_is_bounded_and_in_order},
    {"history tells the state of an address", history_tells_the_state_of_an_address},
    {"suppressions come back as they went", suppressions_come_back_as_they_went},
    {"outbox numbers rise with each change", outbox_numbers_rise_with_each_change},
    {"the weightier suppression stands", the_weightier_suppression_stands},
    {"a complaint leaves only by force", a_complaint_leaves_only_by_force},
    {"suppressions expire", suppressions_expire},
    {"suppressions stream in order and filter", suppressions_stream_in_order_and_filter},
    {"acts are kept", acts_are_kept},
    {"what is taken back lets the replaced one return", take_back_lets_the_replaced_one_return},
    {"what is taken back starts the counters anew", take_back_starts_the_counters_anew},
    {"revoking lets the counters go on", revoking_lets_the_counters_go_on},
    {"suppressions are chosen for an undo", suppressions_are_chosen_for_an_undo},
    {"undo after do restores", undo_after_do_restores},
    {"verdicts are counted by slot", verdicts_are_counted_by_slot},
    {"waves come back as they went", waves_come_back_as_they_went},
    {"what a wave made becomes held", what_a_wave_made_becomes_held},
    {"held suppressions are settled", held_suppressions_are_settled},
    {"waves roll back", waves_roll_back},
    {"retries come in order", retries_come_in_order},
    {"a retry is done once", a_retry_is_done_once},
    {"slow-downs join", slow_downs_join},
    {"issues add up", issues_add_up},
    {"issues close and open", issues_close_and_open},
    {"unknown replies add up", unknown_replies_add_up},
    {"unknown texts are bounded", unknown_texts_are_bounded},
    {"the rarest unknown reply goes first", the_rarest_unknown_goes_first},
    {"a forgotten address is gone", a_forgotten_address_is_gone},
    {"a forgotten address is mailed again", a_forgotten_address_is_mailed_again},
    {"cursors are kept by mailbox", cursors_are_kept_by_mailbox},
    {"changes tell what filters want", changes_tell_what_filters_want},
    {"sync targets stand where they were left", targets_stand_where_they_were_left},
    {"each sync target has its own queue", each_target_has_its_own_queue},
    {"refused changes wait", refused_changes_wait},
    {"the sync state is written alone", sync_state_is_written_alone},
    {"a commit counts once", a_commit_counts_once},
    {"the summary's figures are those of a count by hand", summary_equals_a_count_by_hand},
    {"a range has the same figures later", a_range_has_the_same_figures_later},
    {"a trend is a median of earlier ranges", a_trend_is_a_median_of_earlier_ranges},
    {"pages on their way are kept", sendings_are_kept},
};

}  // namespace

void store_contract(const std::string& implementation, const MakeStore& make) {
  for (const NamedCheck& one : checks) {
    const std::string title = implementation + ": " + one.name;
    INFO(title);
    const std::unique_ptr<Store> store = make();
    REQUIRE(store);
    one.check(*store);
  }
}

}  // namespace bounced::contract
