// Work done by several threads whose results come out in the order of the input, in constant memory.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace bounced {

/// `take(piece)` fills the next piece (false at the end) and `put(piece)` prints it (false to stop): both are
/// called by one thread at a time, in order. `work(piece)` is called by all threads at once. Each thread
/// holds one Piece, which it uses again and again. With one job everything happens in the calling thread.
template <class Piece, class Take, class Work, class Put>
void in_order(int jobs, const Take& take, const Work& work, const Put& put) {
  std::mutex mutex;
  std::condition_variable turn_changed;
  std::uint64_t taken = 0, turn = 0;
  bool stopped = false;
  const auto run = [&] {
    Piece piece;
    for (;;) {
      std::unique_lock lock(mutex);
      if (stopped || !take(piece)) return;
      const auto number = taken++;
      lock.unlock();
      work(piece);
      lock.lock();
      turn_changed.wait(lock, [&] { return turn == number; });
      if (!stopped && !put(piece)) stopped = true;
      ++turn;
      turn_changed.notify_all();
    }
  };
  std::vector<std::thread> helpers;
  for (int i = 1; i < jobs; ++i) helpers.emplace_back(run);
  run();
  for (auto& helper : helpers) helper.join();
}

}  // namespace bounced
