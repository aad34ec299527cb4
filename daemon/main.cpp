// The program `bounced`: everything it does starts at the table of commands, daemon/cli/commands.cpp.
#include <exception>

#include "daemon/cli/command_line.hpp"

int main(int argc, char** argv) {
  try {
    return bounced::run_command_line(argc, argv);
  } catch (const std::exception& fault) {  // memory ran out, or a library threw past its door
    bounced::complain({bounced::Exit::internal, std::string("stopped by a fault: ") + fault.what(),
                       "nothing half-done was kept; please report this"});
    return static_cast<int>(bounced::Exit::internal);
  }
}
