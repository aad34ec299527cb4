// HTML as lines of text, as far as reports need it.
#pragma once

#include <string>
#include <string_view>

namespace bounced::dialects {

/// Block elements and <br> end a line, cells are set apart by a blank, style, script and comments are
/// dropped, character references become UTF-8. An address in angle brackets that nobody escaped stays. Total;
/// linear.
std::string html_to_text(std::string_view html);

}  // namespace bounced::dialects
