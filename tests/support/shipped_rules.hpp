// The shipped rules, compiled once for all cases of a test program.
#pragma once

#include <doctest/doctest.h>

#include <utility>

#include "config/rules_file.hpp"
#include "parser/classify.hpp"

namespace bounced {

inline const Classifier& shipped() {
  static const Classifier classifier = [] {
    auto book = load_rules("");
    REQUIRE_MESSAGE(book, book.error().message);
    auto made = Classifier::make(std::move(*book));
    REQUIRE_MESSAGE(made, made.error().message);
    return std::move(*made);
  }();
  return classifier;
}

}  // namespace bounced
