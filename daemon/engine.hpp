// Settings, compiled rules and the reader made from them: what a command needs to read mails.
#pragma once

#include <memory>

#include "config/settings.hpp"
#include "parser/classify.hpp"
#include "parser/read_bounce.hpp"

namespace bounced {

struct Engine {
  Settings settings;
  std::unique_ptr<const Classifier> classifier;  ///< on the heap: the reader keeps its address
  Reader reader;
};

/// Loads and compiles the rules that the settings name. Errors: Exit::config, from a rules file or a VERP
/// pattern.
Result<Engine> make_engine(Settings settings);

/// The rules alone, compiled.
Result<Classifier> make_classifier(const Settings& settings);

}  // namespace bounced
