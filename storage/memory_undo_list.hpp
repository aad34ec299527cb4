// How a transaction of the store in memory takes its changes back.
#pragma once

#include <functional>
#include <vector>

namespace bounced {

/// Each change puts its undoing on a list first.
class UndoList {
 public:
  /// Before an entry of a map changes.
  template <class Map>
  void keep(Map& map, const typename Map::key_type& key) {
    const auto found = map.find(key);
    if (found == map.end())
      undoings_.push_back([&map, key] { map.erase(key); });
    else
      undoings_.push_back([&map, key, old = found->second] { map[key] = old; });
  }
  /// Before rows are added to a list.
  template <class Row>
  void keep(std::vector<Row>& list) {
    undoings_.push_back(
        [&list, size = list.size()] { list.erase(list.begin() + static_cast<long>(size), list.end()); });
  }
  /// Before a row of a list changes.
  template <class Row>
  void keep(std::vector<Row>& list, std::size_t position) {
    undoings_.push_back([&list, position, old = list[position]] { list[position] = old; });
  }
  void undo_all() {
    for (auto undoing = undoings_.rbegin(); undoing != undoings_.rend(); ++undoing) (*undoing)();
    undoings_.clear();
  }

 private:
  std::vector<std::function<void()>> undoings_;
};

}  // namespace bounced
