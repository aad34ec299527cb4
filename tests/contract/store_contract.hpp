// What every Store must do. A test program calls store_contract() once for each implementation; a failure
// prints the implementation's name.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "storage/store.hpp"

namespace bounced::contract {

/// Makes an empty store; each call a new one.
using MakeStore = std::function<std::unique_ptr<Store>()>;

void store_contract(const std::string& implementation, const MakeStore& make);

}  // namespace bounced::contract
