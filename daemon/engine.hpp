// Settings, compiled rules and the reader made from them: what a command needs to read mails.
#pragma once

#include <memory>

#include "config/settings.hpp"
#include "daemon/authenticity.hpp"
#include "parser/classify.hpp"
#include "parser/read_bounce.hpp"

namespace bounced {

struct Engine {
  Settings settings;
  std::unique_ptr<const Classifier> classifier;  ///< on the heap: the reader keeps its address
  Reader reader;
  Authenticator authenticator;
};

/// Loads and compiles the rules that the settings name. Errors: Exit::config, from a rules file, a VERP
/// pattern or a key file; Exit::no_permission for a key file that may not be read.
Result<Engine> make_engine(Settings settings);

/// The rules alone, compiled.
Result<Classifier> make_classifier(const Settings& settings);

}  // namespace bounced
