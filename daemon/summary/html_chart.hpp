// Bar charts as inline SVG, for a page that may load nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bounced {

/// Any bytes as the text of an element or of a quoted attribute: valid UTF-8 that can neither open a tag nor
/// leave the quotes, with control and bidi characters made visible (printable).
std::string html_escaped(std::string_view text);

struct Bar {
  std::string label;        ///< any bytes
  std::int64_t value = 0;   ///< 0 and more
  std::int64_t usual = -1;  ///< a mark on the bar; -1 = none
};

/// Horizontal bars in the order given, their lengths to scale. `title` and `description` are for those who
/// don't see it; `id` is unique in the page (ASCII letters). "" for no bars.
std::string bar_chart(std::string_view id, std::string_view title, std::string_view description,
                      const std::vector<Bar>& bars);

}  // namespace bounced
