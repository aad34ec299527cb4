// The checks that make up the contract, each on an empty store.
#pragma once

#include "storage/store.hpp"

namespace bounced::contract {

// store_journal_checks.cpp
void journal_counts_content_once(Store& store);
void a_duplicate_takes_no_events(Store& store);
void rollback_leaves_nothing(Store& store);
void one_transaction_at_a_time(Store& store);
void events_come_back_as_they_went(Store& store);
void addresses_stream_in_order(Store& store);
void an_event_is_judged_again(Store& store);
void history_has_no_distrusted_event(Store& store);
void every_enumerator_survives(Store& store);
void history_is_bounded_and_in_order(Store& store);
void history_tells_the_state_of_an_address(Store& store);
void cursors_are_kept_by_mailbox(Store& store);
void a_commit_counts_once(Store& store);

// store_suppression_checks.cpp
void suppressions_come_back_as_they_went(Store& store);
void outbox_numbers_rise_with_each_change(Store& store);
void the_weightier_suppression_stands(Store& store);
void a_complaint_leaves_only_by_force(Store& store);
void suppressions_expire(Store& store);
void suppressions_stream_in_order_and_filter(Store& store);
void retries_come_in_order(Store& store);
void a_retry_is_done_once(Store& store);
void slow_downs_join(Store& store);
void issues_add_up(Store& store);
void issues_close_and_open(Store& store);

// store_forget_checks.cpp
void a_forgotten_address_is_gone(Store& store);
void a_forgotten_address_is_mailed_again(Store& store);

// store_undo_checks.cpp
void acts_are_kept(Store& store);
void take_back_lets_the_replaced_one_return(Store& store);
void take_back_starts_the_counters_anew(Store& store);
void revoking_lets_the_counters_go_on(Store& store);
void suppressions_are_chosen_for_an_undo(Store& store);
void undo_after_do_restores(Store& store);

// store_unknown_checks.cpp
void unknown_replies_add_up(Store& store);
void unknown_texts_are_bounded(Store& store);
void the_rarest_unknown_goes_first(Store& store);

// store_wave_checks.cpp
void verdicts_are_counted_by_slot(Store& store);
void waves_come_back_as_they_went(Store& store);
void what_a_wave_made_becomes_held(Store& store);
void held_suppressions_are_settled(Store& store);
void waves_roll_back(Store& store);

// store_sync_checks.cpp
void changes_tell_what_filters_want(Store& store);
void targets_stand_where_they_were_left(Store& store);
void each_target_has_its_own_queue(Store& store);
void refused_changes_wait(Store& store);
void sync_state_is_written_alone(Store& store);

// store_summary_check.cpp: fills the store with some hundred mails of all kinds and compares every figure of
// a summary over a part of them with a count over the rows themselves.
void summary_equals_a_count_by_hand(Store& store);
void a_range_has_the_same_figures_later(Store& store);
void a_trend_is_a_median_of_earlier_ranges(Store& store);
void sendings_are_kept(Store& store);

}  // namespace bounced::contract
