#include "daemon/engine.hpp"

#include <utility>

#include "config/rules_file.hpp"
#include "daemon/mx_lookup.hpp"

namespace bounced {

Result<Classifier> make_classifier(const Settings& settings) {
  auto book = load_rules(settings.rules_directory);
  if (!book) return fail(book.error());
  return Classifier::make(*std::move(book));
}

Result<Engine> make_engine(Settings settings) {
  auto made = make_classifier(settings);
  if (!made) return fail(made.error());
  auto classifier = std::make_unique<const Classifier>(*std::move(made));
  ReadOptions reading = settings.reading;
  if (settings.mx_lookup != "never")
    reading.mx_hosts = [lookup = std::make_shared<MxLookup>(MxLookupOptions{.resolver = settings.resolver})](
                           const std::string& domain) { return lookup->hosts(domain); };
  auto reader = Reader::make(std::move(reading), *classifier);
  if (!reader) return fail(reader.error());
  auto authenticator = Authenticator::make(settings);
  if (!authenticator) return fail(authenticator.error());
  return Engine{std::move(settings), std::move(classifier), *std::move(reader), *std::move(authenticator)};
}

}  // namespace bounced
