// An IMAP server that follows a transcript, as a Stream in this process.
//
//   C: UID FETCH 1:2 (UID BODY.PEEK[])      the client must send exactly this (its tag left out)
//   S: * 1 FETCH (UID 1 BODY[] @mail 20@)   a line, with CRLF; @mail N@ is a literal with a mail of N bytes
//   S= * 2 FET                              the same without CRLF
//   S: @fill 1000@                          N bytes of "x"
//   S: $ OK done                            $ stands for the tag of the last C: line
//   S! EOF                                  the server closes the connection; also: S! TIMEOUT, and S! PAUSE:
//                                           nothing comes until the client stops waiting for it once
//
// In S lines \r \n \0 \\ are what they are in C. tests/support/scripted_imap.py plays the same over TLS.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/imap/stream.hpp"

namespace bounced::test {

struct ScriptStep {
  enum class Who { client, server, end, timeout, pause };
  Who who = Who::server;
  std::string bytes;
};

/// Reads the C and S lines of a transcript; lines that start with neither are left out.
std::vector<ScriptStep> read_script(std::string_view text);

/// What happened, for the test to look at after the stream is gone.
struct ScriptLog {
  std::vector<std::string>
      surprises;          ///< commands that the script did not expect, waits that it does not end
  bool finished = false;  ///< every C line was sent
};

class ScriptedStream final : public imap::Stream {
 public:
  ScriptedStream(std::vector<ScriptStep> steps, ScriptLog& log, std::size_t piece_bytes = 65536);

  Result<void> send(std::string_view bytes, imap::Deadline deadline) override;
  Result<std::optional<std::size_t>> receive(std::span<char> into, imap::Deadline deadline) override;

 private:
  void advance();

  std::deque<ScriptStep> steps_;
  ScriptLog& log_;
  std::size_t piece_bytes_;  ///< at most so many bytes a receive
  std::string tag_, from_client_, to_client_;
  std::size_t sent_ = 0;  ///< of to_client_
};

}  // namespace bounced::test
