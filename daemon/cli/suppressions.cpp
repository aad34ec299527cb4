// suppressions list | show | add | remove | export: the addresses not to mail again.
#include "daemon/cli/commands.hpp"
#include "daemon/cli/foreign_words.hpp"
#include "daemon/cli/json_line.hpp"
#include "daemon/cli/suppression_row.hpp"
#include "daemon/cli/table.hpp"
#include "daemon/forgetting.hpp"
#include "daemon/login_name.hpp"
#include "daemon/time_text.hpp"

namespace bounced {
namespace {

struct Options {
  std::string address, reason, domain, source, note;
  std::string map;    ///< one of foreign_system_names, or ""
  std::string scope;  ///< "all" or one of scope_names; "" where it was not given
  bool json = false, plain = false, force = false;
};

Result<SuppressionFilter> filter_of(const Options& options) {
  SuppressionFilter filter;
  filter.domain = options.domain;
  filter.source = options.source;
  filter.scope = named<Scope>(scope_names, options.scope);
  const auto reason = typed_reason(options.reason);
  if (!reason) return fail(reason.error());
  filter.reason = *reason;
  return filter;
}

Result<Exit> stream(const Options& options, Session& session, const Each<Suppression>& each) {
  const auto filter = filter_of(options);
  if (!filter) return fail(filter.error());
  const auto store = session.store();
  if (!store) return fail(store.error());
  const auto done = (*store)->suppressions(*filter, [&](const Suppression& row) {
    each(row);
    return session.out.good();
  });
  if (!done) return fail(done.error());
  return Exit::ok;
}

Result<Exit> export_all(const Options& options, Session& session) {
  const auto system = named<ForeignSystem>(foreign_system_names, options.map);
  if (!options.json)
    session.out.write(std::string(suppression_csv_heading) + (system ? ",mapped\r\n" : "\r\n"));
  JsonLine line;
  return stream(options, session, [&](const Suppression& row) {
    const auto mapped = system ? foreign_word(*system, row.reason) : std::string_view();
    session.out.write(options.json ? suppression_json(line, row, mapped) : suppression_csv(row, mapped));
    return true;
  });
}

/// The addresses alone have no room for a scope: only those are told that hold for every sender, unless
/// asked.
Result<Exit> export_plain(Options options, Session& session) {
  if (options.json || !options.map.empty())
    return fail(Exit::usage, "suppressions export: --plain is the addresses alone",
                "leave --json and --map out, or --plain");
  if (options.scope.empty()) options.scope = to_string(Scope::global);
  return stream(options, session, [&](const Suppression& row) {
    session.out.line(row.address);
    return true;
  });
}

Result<Exit> export_rows(const Options& options, Session& session) {
  return options.plain ? export_plain(options, session) : export_all(options, session);
}

Result<Exit> list(const Options& options, Session& session) {
  if (options.json) return export_all(options, session);
  Table table(session.out, {"ADDRESS", "REASON", "COUNT", "SINCE", "SOURCE", "SCOPE", "DIAGNOSTIC"});
  return stream(options, session, [&](const Suppression& row) {
    const auto since = session.out.is_terminal() ? local_minute(row.decided_at) : rfc3339(row.decided_at);
    table.row({row.address, std::string(to_string(row.reason)), std::to_string(row.count), since, row.source,
               scope_text(row), row.diagnostic});
    return true;
  });
}

Error not_suppressed(Store& store, const std::string& address) {
  std::int64_t wave = 0;
  const auto read = store.holds({.address = address}, [&](const Hold& one) {
    wave = one.wave;
    return false;
  });
  if (!read) return read.error();
  if (wave != 0)
    return {Exit::data, address + " is not suppressed: the circuit breaker holds it",
            "bounced review show " + std::to_string(wave)};
  return {Exit::data, address + " is not suppressed",
          "bounced why " + address + " shows what is known of it"};
}

void show_forgotten(const Options& options, Output& out, const std::string& address, const Forgotten& one) {
  if (!options.json) return print_pairs(out, {{"address", address}, {"state", forgotten_text(one)}});
  JsonLine line;
  out.write(line.text("address", address)
                .text("reason", to_string(one.reason))
                .text("scope", to_string(one.scope.empty() ? Scope::global : Scope::pair))
                .text("sender", one.scope)
                .time("forgotten_at", one.at)
                .finish());
}

Result<Exit> show(const Options& options, Session& session) {
  const auto address = typed_address(options.address);
  if (!address) return fail(address.error());
  const auto store = session.store();
  if (!store) return fail(store.error());
  const auto found = (*store)->suppression(*address);
  if (!found) return fail(found.error());
  if (!*found) {
    const auto forgotten = forgotten_address(**store, *address);
    if (!forgotten) return fail(forgotten.error());
    if (!*forgotten) return fail(not_suppressed(**store, *address));
    show_forgotten(options, session.out, *address, **forgotten);
    return Exit::ok;
  }
  const auto& row = **found;
  if (options.json) {
    JsonLine line;
    session.out.write(suppression_json(line, row));
    return Exit::ok;
  }
  print_pairs(session.out,
              {{"address", row.address},
               {"as written", row.address_as_written == row.address ? "" : row.address_as_written},
               {"reason", std::string(to_string(row.reason)) + ": " + std::string(facts(row.reason).meaning)},
               {"confidence", std::string(to_string(row.confidence))},
               {"decided", rfc3339(row.decided_at)},
               {"because", row.note},
               {"source", row.source},
               {"scope", scope_text(row)},
               {"expires", rfc3339(row.expires_at)},
               {"failures", std::to_string(row.count)},
               {"first seen", rfc3339(row.first_seen)},
               {"last seen", rfc3339(row.last_seen)},
               {"status", row.status},
               {"diagnostic", row.diagnostic},
               {"vendor", row.vendor},
               {"rule", row.rule},
               {"mailbox", row.mailbox},
               {"message-id", row.message_id}});
  return Exit::ok;
}

/// Records what is done by hand to the suppression of an address that is in force at this moment.
Result<void> note_by_hand(Transaction& transaction, const char* what, const std::string& address,
                          const std::string& why) {
  const auto id = transaction.record_act(act_by_hand(now_seconds(), what, why, ""));
  if (!id) return fail(id.error());
  return transaction.note_act(*id, address);
}

Result<Exit> add(const Options& options, Session& session) {
  const auto address = typed_address(options.address);
  if (!address) return fail(address.error());
  const auto filter = filter_of(options);
  if (!filter) return fail(filter.error());
  const auto store = session.writable_store();
  if (!store) return fail(store.error());
  const auto forgotten = forgotten_address(**store, *address);
  if (!forgotten) return fail(forgotten.error());
  if (*forgotten) {  // nothing to do, and the address stays forgotten
    complain("bounced: " + *address + " is " + forgotten_text(**forgotten));
    return Exit::ok;
  }
  const auto transaction = (*store)->begin();
  if (!transaction) return fail(transaction.error());
  Suppression row;
  row.address = *address;
  row.address_as_written = options.address;
  row.reason = filter->reason.value_or(Reason::unclassified);
  row.confidence = Confidence::exact;
  row.source = "manual";
  row.note = options.note;
  row.decided_at = row.first_seen = row.last_seen = now_seconds();
  if (const auto done = (*transaction)->suppress(row); !done) return fail(done.error());
  if (const auto done = note_by_hand(**transaction, "add", *address, options.note); !done)
    return fail(done.error());
  if (const auto done = (*transaction)->commit(); !done) return fail(done.error());
  session.out.line("suppressed\t" + *address);
  return Exit::ok;
}

/// False when the address is not among the forgotten ones.
Result<bool> mail_forgotten_again(const Options& options, Store& store, const std::string& address) {
  const auto known = forgotten_address(store, address);
  if (!known) return fail(known.error());
  if (!*known) return false;
  if ((*known)->reason == Reason::complaint && !options.force)
    return fail(Exit::no_permission, address + " is suppressed because of a complaint",
                "the recipient asked for no more mail; --force removes it all the same");
  return store.forgetting().mail_again((*known)->hash, address,
                                       act_by_hand(now_seconds(), "remove", options.note, ""));
}

Result<Exit> remove(const Options& options, Session& session) {
  const auto address = typed_address(options.address);
  if (!address) return fail(address.error());
  const auto store = session.writable_store();
  if (!store) return fail(store.error());
  const auto found = (*store)->suppression(*address);
  if (!found) return fail(found.error());
  if (!*found) {
    const auto mailed = mail_forgotten_again(options, **store, *address);
    if (!mailed) return fail(mailed.error());
    if (*mailed) {
      session.out.line("removed\t" + *address);
      return Exit::ok;
    }
    // Nothing to do.
    complain("bounced: " + *address + " was not suppressed");
    return Exit::ok;
  }
  const auto transaction = (*store)->begin();
  if (!transaction) return fail(transaction.error());
  if (const auto done = note_by_hand(**transaction, "remove", *address, options.note); !done)
    return fail(done.error());
  const auto removed = (*transaction)
                           ->unsuppress(*address, options.note.empty() ? "removed by hand" : options.note,
                                        now_seconds(), options.force);
  if (!removed) return fail(removed.error());
  if (!*removed)
    return fail(Exit::no_permission, *address + " is suppressed because of a complaint",
                "the recipient asked for no more mail; --force removes it all the same");
  if (const auto done = (*transaction)->commit(); !done) return fail(done.error());
  session.out.line("removed\t" + *address);
  return Exit::ok;
}

}  // namespace

void declare_suppressions(CommandSpec& command) {
  const auto options = std::make_shared<Options>();
  const auto with = [options](Result<Exit> (*what)(const Options&, Session&)) {
    return [options, what](Session& session) { return what(*options, session); };
  };
  const auto filtered = [&](CommandSpec& spec) {
    spec.text("--reason", "REASON", options->reason, "only this reason, e.g. user_unknown");
    spec.text("--domain", "DOMAIN", options->domain, "only addresses of this domain");
    spec.text("--source", "SOURCE", options->source, "only from policy, complaint, manual or import");
    spec.choice("--scope", options->scope, {"all", "global", "pair"},
                "only those for every sender (global), or for one sender's mail alone (pair)");
  };
  auto listing = command.sub("list", "list them: a table, or tab-separated lines in a pipe");
  filtered(listing);
  listing.flag("--json", options->json, "JSON Lines with every field, as `export --json`");
  listing.action(with(list));
  auto showing = command.sub("show", "everything about one");
  showing.argument("ADDRESS", options->address, "the address");
  showing.flag("--json", options->json, "as one JSON object");
  showing.action(with(show));
  auto adding = command.sub("add", "suppress an address by hand");
  adding.argument("ADDRESS", options->address, "the address");
  adding.text("--reason", "REASON", options->reason, "why, as one of the reasons, e.g. user_unknown");
  adding.text("--note", "TEXT", options->note, "why, in your words");
  adding.action(with(add));
  auto removing = command.sub("remove", "mail an address again; its soft failures are forgotten");
  removing.argument("ADDRESS", options->address, "the address");
  removing.flag("--force", options->force, "also when its owner complained");
  removing.text("--note", "TEXT", options->note, "why, in your words");
  removing.action(with(remove));
  auto exporting = command.sub("export", "all of them with every field, sorted by address: CSV");
  filtered(exporting);
  exporting.choice("--map", options->map, {foreign_system_names.begin(), foreign_system_names.end()},
                   "one more column: the reason in the words of another system");
  exporting.flag("--json", options->json, "JSON Lines instead of CSV");
  exporting.flag("--plain", options->plain,
                 "the addresses alone, one a line; without --scope only those for every sender");
  exporting.action(with(export_rows));
  auto importing = command.sub("import", "take over what another system doesn't mail any more");
  declare_suppressions_import(importing);
}

}  // namespace bounced
