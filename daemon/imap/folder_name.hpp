// Names of folders: the modified UTF-7 of RFC 3501 5.1.3 on the wire, the server's delimiter and namespace
// prefix (RFC 2342) around the names of the settings, which always use "/".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bounced::imap {

/// UTF-8 to modified UTF-7. Bytes that are no UTF-8 become U+FFFD.
std::string to_modified_utf7(std::string_view utf8);
/// Modified UTF-7 to UTF-8. What is not valid stays as it is: servers with UTF-8 names exist.
std::string from_modified_utf7(std::string_view name);

/// One entry of a NAMESPACE response. `delimiter` is '\0' when there is no hierarchy.
struct Namespace {
  std::string prefix;  ///< as on the wire: "", "INBOX."
  char delimiter = '\0';
  bool personal = false;
};

/// The wire name of a folder of the settings ("bounced/processed", UTF-8): with the delimiter of the first
/// personal namespace for each "/", and with that namespace's prefix, unless the name already stands in one
/// of `namespaces`. INBOX is INBOX in any case of letters.
std::string wire_folder_name(std::string_view name, const std::vector<Namespace>& namespaces);

}  // namespace bounced::imap
