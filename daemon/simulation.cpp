#include "daemon/simulation.hpp"

namespace bounced {

Result<SimulationCounts> simulate(Store& store, const PolicySettings& now, const PolicySettings& then,
                                  UnixSeconds at, const std::function<void(const SimulatedChange&)>& each) {
  SimulationCounts counts;
  const auto read = store.addresses("", [&](const AddressRecord& record) {
    SimulatedChange change{record.address, replay(record, now, at), replay(record, then, at)};
    ++counts.addresses;
    counts.suppressed_now += change.now.suppressed();
    counts.suppressed_then += change.then.suppressed();
    if (change.now.suppressed() == change.then.suppressed()) return true;
    ++(change.then.suppressed() ? counts.more : counts.fewer);
    each(change);
    return true;
  });
  if (!read) return fail(read.error());
  return counts;
}

}  // namespace bounced
