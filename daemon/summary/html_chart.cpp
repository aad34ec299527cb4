#include "daemon/summary/html_chart.hpp"

#include <algorithm>

#include "daemon/plain_text.hpp"

namespace bounced {
namespace {

// Units of the drawing; it is scaled to the width of the page.
constexpr int width = 600, row_height = 26, bar_height = 14;
constexpr int bars_from = 170, longest_bar = 340;
constexpr std::size_t label_columns = 24;

std::string attribute(std::string_view name, std::int64_t value) {
  return " " + std::string(name) + "=\"" + std::to_string(value) + "\"";
}

std::string text_at(std::int64_t x, std::int64_t y, std::string_view more, std::string_view text) {
  return "<text" + attribute("x", x) + attribute("y", y) + std::string(more) + ">" + html_escaped(text) +
         "</text>\n";
}

}  // namespace

std::string html_escaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string bar_chart(std::string_view id, std::string_view title, std::string_view description,
                      const std::vector<Bar>& bars) {
  if (bars.empty()) return {};
  std::int64_t most = 1;
  for (const Bar& bar : bars) most = std::max({most, bar.value, bar.usual});
  const auto length_of = [&](std::int64_t value) {
    return static_cast<std::int64_t>(static_cast<double>(value) / static_cast<double>(most) * longest_bar);
  };
  const auto height = static_cast<std::int64_t>(bars.size()) * row_height;
  const auto name = std::string(id);
  std::string out = "<svg class=\"chart\" role=\"img\" aria-labelledby=\"" + name + "-title " + name +
                    "-desc\" viewBox=\"0 0 " + std::to_string(width) + " " + std::to_string(height) +
                    "\" width=\"100%\" style=\"max-width:" + std::to_string(width) + "px;height:auto\">\n" +
                    "<title id=\"" + name + "-title\">" + html_escaped(title) + "</title>\n<desc id=\"" +
                    name + "-desc\">" + html_escaped(description) + "</desc>\n";
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const Bar& bar = bars[i];
    const auto top = static_cast<std::int64_t>(i) * row_height;
    const auto length = std::max<std::int64_t>(length_of(bar.value), bar.value > 0 ? 2 : 0);
    out += text_at(bars_from - 10, top + 17, " text-anchor=\"end\" font-size=\"13\" fill=\"currentColor\"",
                   cut(printable(bar.label), label_columns));
    out += "<rect class=\"bar\"" + attribute("x", bars_from) + attribute("y", top + 5) +
           attribute("width", length) + attribute("height", bar_height) + " rx=\"2\" fill=\"#3b76b5\"/>\n";
    std::int64_t text_from = bars_from + length;
    if (bar.usual >= 0) {
      const auto mark = bars_from + length_of(bar.usual);
      out += "<rect class=\"usual\"" + attribute("x", mark - 1) + attribute("y", top + 2) +
             attribute("width", 3) + attribute("height", bar_height + 6) + " fill=\"#c2661a\"/>\n";
      text_from = std::max(text_from, mark + 2);
    }
    out += text_at(text_from + 7, top + 17, " font-size=\"13\" fill=\"currentColor\"", grouped(bar.value));
  }
  return out += "</svg>\n";
}

}  // namespace bounced
