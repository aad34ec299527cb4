#include "parser/dialects/diagnosis.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "parser/dialects/labels.hpp"
#include "parser/dialects/reply_text.hpp"
#include "parser/text.hpp"

namespace bounced::dialects {
namespace {

/// Lines behind a recipient, or before it, that are searched for its reply.
constexpr std::size_t searched_lines = 60;
/// Lines behind a further mention of the address ("RCPT TO:<…>") that are searched.
constexpr std::size_t lines_behind_mention = 4;
/// Times that a reply may name recipients before the search for its end is given up.
constexpr std::size_t mentions_in_reply = 8;
/// What Exim (transports/pipe.c) writes above the output of a program that it ran.
constexpr std::string_view program_output = "text was generated during the delivery attempt";

struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
};

class Finder {
 public:
  Finder(const Document& document, const std::vector<Code>& codes, const std::vector<Mention>& mentions,
         const std::vector<Recipient>& recipients, const Vocabulary& vocabulary, const ReadLimits& limits)
      : document_(document),
        codes_(codes),
        mentions_(mentions),
        recipients_(recipients),
        vocabulary_(vocabulary),
        limits_(limits),
        found_(recipients.size()) {
    for (std::size_t r = 0; r < recipients.size(); ++r) {
      owner_.emplace(recipients[r].address, r);
      for (const std::uint32_t head : recipients[r].heads) heads_.emplace_back(head, r);
    }
    std::sort(heads_.begin(), heads_.end());
    for (std::size_t m = 0; m < mentions.size(); ++m) {
      const auto owner = owner_.find(mentions[m].address);
      if (owner != owner_.end()) places_[owner->second].push_back(m);
    }
  }

  std::vector<Diagnosis> run() {
    for (std::size_t h = 0; h < heads_.size(); ++h) look_near(h);
    for (std::size_t r = 0; r < recipients_.size(); ++r) look_at_mentions(r);
    for (std::size_t h = 0; h < heads_.size(); ++h) look_behind(h);
    share_backward();
    for (std::size_t h = 0; h < heads_.size(); ++h) look_before(h);
    share_forward();
    if (recipients_.size() == 1 && found_[0].evidence < Evidence::reply) look_anywhere();
    return std::move(found_);
  }

 private:
  [[nodiscard]] const Mention& mention_of(std::size_t h) const { return mentions_[heads_[h].first]; }
  [[nodiscard]] std::size_t next_head(std::size_t h) const {
    if (h + 1 >= heads_.size()) return document_.text.size();
    const Mention& next = mention_of(h + 1);
    return next.line > mention_of(h).line && next.rank == Rank::head ? document_.lines[next.line].begin
                                                                     : next.begin;
  }

  /// What stands on the head's line and in its paragraph.
  [[nodiscard]] Range attached(std::size_t h) const {
    const Mention& head = mention_of(h);
    std::size_t line = head.line;
    while (line + 1 < document_.lines.size() && !document_.lines[line + 1].after_blank &&
           line - head.line < searched_lines)
      ++line;
    return {head.end, std::min<std::size_t>(document_.lines[line].end, next_head(h))};
  }

  void look_near(std::size_t h) {
    const std::size_t r = heads_[h].second;
    const Range range = attached(h);
    if (take_code(r, range, false) || take_code(r, range, true)) return;
    take_refusal(r, range, false);
    std::string text = paragraph_text(document_, first_text(range), range.end, limits_.diagnostic_bytes);
    if (std::any_of(text.begin(), text.end(), is_alnum)) keep(r, Evidence::attached, std::move(text), range);
  }

  /// Behind the blanks, and lines that only name the address that was expanded.
  [[nodiscard]] std::size_t first_text(const Range& range) const {
    std::size_t at = range.begin;
    for (const Mention& mention : mentions_between(range)) {
      if (mention.origin) at = std::max<std::size_t>(at, mention.end);
    }
    while (at < range.end && std::string_view(" :;,)-").find(document_.text[at]) != std::string_view::npos)
      ++at;
    return at;
  }

  [[nodiscard]] std::vector<Mention> mentions_between(const Range& range) const {
    std::vector<Mention> inside;
    auto mention = std::lower_bound(mentions_.begin(), mentions_.end(), range.begin,
                                    [](const Mention& m, std::size_t at) { return m.begin < at; });
    for (; mention != mentions_.end() && mention->begin < range.end; ++mention) inside.push_back(*mention);
    return inside;
  }

  void look_at_mentions(std::size_t r) {
    if (found_[r].evidence == Evidence::reply) return;
    const auto places = places_.find(r);
    if (places == places_.end()) return;
    for (const std::size_t m : places->second) {
      const Mention& mention = mentions_[m];
      const std::size_t last =
          std::min<std::size_t>(mention.line + lines_behind_mention, document_.lines.size() - 1);
      const Range range{document_.lines[mention.line].begin, document_.lines[last].end};
      if (take_code(r, range, false)) return;
    }
  }

  /// From the end of the head's paragraph to the next head.
  void look_behind(std::size_t h) {
    const std::size_t r = heads_[h].second;
    const std::size_t begin = attached(h).end;
    const std::size_t last =
        std::min<std::size_t>(mention_of(h).line + searched_lines, document_.lines.size() - 1);
    const Range range{begin, std::min<std::size_t>(next_head(h), document_.lines[last].end)};
    if (range.begin >= range.end) return;
    if (found_[r].evidence < Evidence::reply && take_code(r, range, false)) return;
    if (found_[r].evidence < Evidence::refusal) take_code(r, range, true);
    if (found_[r].evidence < Evidence::refusal) take_refusal(r, range, false);
  }

  /// Forms that give the reason first: between the head before and this one.
  void look_before(std::size_t h) {
    const std::size_t r = heads_[h].second;
    if (found_[r].evidence >= Evidence::refusal || (h > 0 && !reason_first_)) return;
    const Mention& head = mention_of(h);
    const std::size_t first = head.line > searched_lines ? head.line - searched_lines : 0;
    std::size_t begin = document_.lines[first].begin;
    if (h > 0) begin = std::max<std::size_t>(begin, document_.lines[mention_of(h - 1).line].end);
    const Range range{begin, head.begin};
    if (range.begin >= range.end) return;
    if (!take_code(r, range, false) && !take_code(r, range, true)) take_refusal(r, range, true);
    reason_first_ = found_[r].evidence >= Evidence::refusal;
  }

  void look_anywhere() {
    const Range all{0, document_.text.size()};
    if (take_code(0, all, false)) return;
    if (found_[0].evidence < Evidence::refusal) take_code(0, all, true);
    if (found_[0].evidence < Evidence::refusal) take_refusal(0, all, false);
    if (found_[0].evidence == Evidence::none) take_program_output();
  }

  /// The first line of a program's output, behind the line of dashes that names the program.
  void take_program_output() {
    const std::size_t announced = document_.lower.find(program_output);
    if (announced == std::string::npos) return;
    bool named = false;
    for (std::size_t line = document_.line_of(announced) + 1; line < document_.lines.size(); ++line) {
      const std::string_view text = document_.line_text(line);
      if (text.starts_with("---") || !named) {
        named = text.ends_with("---");
        continue;
      }
      keep(0, Evidence::attached,
           paragraph_text(document_, document_.lines[line].begin, document_.text.size(),
                          limits_.diagnostic_bytes),
           {document_.lines[line].begin, document_.lines[line].end});
      return;
    }
  }

  /// True when nothing but other heads stands between two neighbouring heads.
  [[nodiscard]] bool are_neighbours(std::size_t h) const {
    return h + 1 < heads_.size() && mention_of(h + 1).line - mention_of(h).line <= 1;
  }

  void share_backward() {
    for (std::size_t h = heads_.size(); h-- > 0;)
      if (are_neighbours(h)) share(heads_[h + 1].second, heads_[h].second);
  }
  void share_forward() {
    for (std::size_t h = 0; h < heads_.size(); ++h)
      if (are_neighbours(h)) share(heads_[h].second, heads_[h + 1].second);
  }
  void share(std::size_t from, std::size_t to) {
    if (found_[to].evidence == Evidence::none && found_[from].evidence != Evidence::none)
      found_[to] = found_[from];
  }

  /// Takes the first code of a failure in the range that isn't another recipient's.
  bool take_code(std::size_t r, const Range& range, bool enhanced) {
    auto code = std::lower_bound(codes_.begin(), codes_.end(), range.begin,
                                 [](const Code& c, std::size_t at) { return c.begin < at; });
    for (; code != codes_.end() && code->end <= range.end; ++code) {
      if (code->enhanced != enhanced || code->first == '2' || !is_own_reply(r, *code)) continue;
      if (enhanced) {
        take_sentence_of(r, *code, range);
      } else {
        std::string text = reply_text(document_, code->begin, end_for(code->begin), limits_.diagnostic_bytes);
        if (std::none_of(text.begin(), text.end(), is_alpha)) text += words_behind(*code, range);
        keep(r, Evidence::reply, std::move(text),
             {paragraph_around(document_, code->begin).first, code->end});
      }
      return true;
    }
    return false;
  }

  /// "Error-Code: 550" with the words in a line of their own, "Error-Text: Unknown user": those words, with a
  /// blank.
  [[nodiscard]] std::string words_behind(const Code& code, const Range& range) const {
    for (std::size_t line = code.line + 1;
         line < document_.lines.size() && document_.lines[line].begin < range.end; ++line) {
      if (document_.lines[line].after_blank) break;
      const LabelledLine labelled = read_label(document_.line_text(line), document_.line_lower(line));
      if (labelled.label == Label::reason) return ' ' + std::string(labelled.value);
    }
    return {};
  }

  /// Where a reply that begins at `at` must end: at the next head that has a line of its own. The reply may
  /// name its recipient again before that.
  [[nodiscard]] std::size_t end_for(std::size_t at) const {
    auto next = std::upper_bound(
        heads_.begin(), heads_.end(), at,
        [this](std::size_t place, const auto& head) { return place < mentions_[head.first].begin; });
    const std::size_t line = document_.line_of(at);
    for (std::size_t looked = 0; next != heads_.end() && looked < mentions_in_reply; ++next, ++looked) {
      const Mention& head = mentions_[next->first];
      if (head.rank == Rank::head && head.line != line) return document_.lines[head.line].begin;
    }
    return document_.text.size();
  }

  /// An enhanced code without a reply code: at the beginning of the reply, or at its end ("(#5.1.1)").
  void take_sentence_of(std::size_t r, const Code& code, const Range& range) {
    const Line& line = document_.lines[code.line];
    const std::string_view before =
        std::string_view(document_.text).substr(line.begin, code.begin - line.begin);
    std::size_t begin = code.begin;
    if (std::any_of(before.begin(), before.end(), is_alpha)) {
      const std::size_t colon = before.rfind(": ");
      begin =
          colon == std::string_view::npos || code.begin - line.begin - colon > 4 ? line.begin : code.begin;
      if (begin == line.begin)
        begin = std::max(std::max(range.begin, paragraph_around(document_, code.begin).first),
                         first_text({range.begin, code.begin}));
    }
    keep(r, Evidence::enhanced,
         paragraph_text(document_, begin, end_for(code.begin), limits_.diagnostic_bytes),
         {paragraph_around(document_, code.begin).first, code.end});
  }

  /// The paragraph with a word of refusal, or the line with a label that announces a reason; the last one in
  /// the range when `last`.
  void take_refusal(std::size_t r, const Range& range, bool last) {
    std::size_t best = document_.text.size();
    Evidence evidence = Evidence::none;
    const std::size_t first_line = document_.line_of(range.begin);
    for (std::size_t line = first_line;
         line < document_.lines.size() && document_.lines[line].begin < range.end; ++line) {
      const std::size_t begin = std::max<std::size_t>(document_.lines[line].begin, range.begin);
      const LabelledLine labelled = read_label(document_.line_text(line), document_.line_lower(line));
      const bool label = labelled.label == Label::reason && document_.lines[line].begin >= range.begin;
      if (label && !labelled.value.empty() && evidence < Evidence::label) {
        best = begin;
        evidence = Evidence::label;
        if (!last) break;
      } else if (has_refusal(begin, std::min<std::size_t>(document_.lines[line].end, range.end)) &&
                 (evidence == Evidence::none || (last && evidence == Evidence::refusal))) {
        best = begin;
        evidence = Evidence::refusal;
      }
    }
    if (evidence == Evidence::none) return;
    if (evidence == Evidence::refusal) best = behind_announcement(best, range);
    const std::size_t begin = evidence == Evidence::label ? best : start_of_refusal(best, range);
    keep(r, evidence, paragraph_text(document_, begin, range.end, limits_.diagnostic_bytes), range);
  }

  /// "… was automatically rejected:" only announces the reason, which stands on the next line.
  [[nodiscard]] std::size_t behind_announcement(std::size_t at, const Range& range) const {
    const std::size_t line = document_.line_of(at);
    const bool more = line + 1 < document_.lines.size() && document_.lines[line + 1].begin < range.end;
    return more && document_.line_text(line).ends_with(':') ? document_.lines[line + 1].begin : at;
  }

  /// The paragraph's beginning, unless a heading that ends in a colon stands there.
  [[nodiscard]] std::size_t start_of_refusal(std::size_t at, const Range& range) const {
    const std::size_t floor =
        std::max({paragraph_around(document_, at).first, range.begin, first_text({range.begin, at})});
    std::size_t line = document_.line_of(at);
    while (line > 0 && document_.lines[line - 1].end > floor && !document_.lines[line].after_blank &&
           !document_.line_text(line - 1).ends_with(':') && !document_.line_text(line - 1).starts_with('-'))
      --line;
    return std::max<std::size_t>(document_.lines[line].begin, floor);
  }

  [[nodiscard]] bool has_refusal(std::size_t begin, std::size_t end) const {
    auto hit = std::lower_bound(document_.hits.begin(), document_.hits.end(), begin,
                                [](const PhraseHit& h, std::size_t at) { return h.begin < at; });
    for (; hit != document_.hits.end() && hit->begin < end; ++hit)
      if (vocabulary_.means(*hit, Meaning::refused)) return true;
    return false;
  }

  /// False when the line of the code, or the command above it, names another recipient and not this one.
  [[nodiscard]] bool is_own_reply(std::size_t r, const Code& code) const {
    std::size_t begin = document_.lines[code.line].begin;
    if (code.line > 0 && !document_.lines[code.line].after_blank) {
      const std::string_view above = document_.line_lower(code.line - 1);
      if (above.starts_with(">>>") || above.starts_with("-->") || above.ends_with(':'))
        begin = document_.lines[code.line - 1].begin;
    }
    bool other = false;
    for (const Mention& mention : mentions_between({begin, document_.lines[code.line].end})) {
      const auto owner = owner_.find(mention.address);
      if (owner == owner_.end()) continue;
      if (owner->second == r) return true;
      other = true;
    }
    return !other;
  }

  void keep(std::size_t r, Evidence evidence, std::string text, const Range& around) {
    if (text.empty() || evidence <= found_[r].evidence) return;
    found_[r] = {evidence, std::move(text), command_in(document_, around.begin, around.end, vocabulary_),
                 host_in(document_, around.begin, around.end)};
    if (found_[r].command.empty() && evidence == Evidence::reply) {
      const std::size_t after = paragraph_around(document_, around.end > 0 ? around.end - 1 : 0).second;
      found_[r].command = command_in(document_, around.end, std::max(after, around.end), vocabulary_);
    }
  }

  const Document& document_;
  const std::vector<Code>& codes_;
  const std::vector<Mention>& mentions_;
  const std::vector<Recipient>& recipients_;
  const Vocabulary& vocabulary_;
  const ReadLimits& limits_;
  std::vector<Diagnosis> found_;
  bool reason_first_ = false;  // the first recipient's reason stood before it, so the next ones' may too
  std::unordered_map<std::string_view, std::size_t> owner_;
  std::unordered_map<std::size_t, std::vector<std::size_t>> places_;  // recipient → its mentions
  std::vector<std::pair<std::uint32_t, std::size_t>> heads_;  // mention, recipient; in order of the text
};

}  // namespace

std::vector<Diagnosis> find_diagnoses(const Document& document, const std::vector<Code>& codes,
                                      const std::vector<Mention>& mentions,
                                      const std::vector<Recipient>& recipients, const Vocabulary& vocabulary,
                                      const ReadLimits& limits) {
  if (document.lines.empty() || recipients.empty()) return std::vector<Diagnosis>(recipients.size());
  return Finder(document, codes, mentions, recipients, vocabulary, limits).run();
}

}  // namespace bounced::dialects
