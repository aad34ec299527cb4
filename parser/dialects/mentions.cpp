#include "parser/dialects/mentions.hpp"

#include <algorithm>
#include <array>

#include "parser/dialects/labels.hpp"
#include "parser/text.hpp"

namespace bounced::dialects {
namespace {

/// Local parts of those who are written about, not to, as long as they stand inside a sentence.
constexpr std::array<std::string_view, 12> help_desks{"postmaster", "mailer-daemon", "abuse",    "support",
                                                      "helpdesk",   "noreply",       "no-reply", "help",
                                                      "hostmaster", "webmaster",     "admin",    "info"};
/// Words right before an address of our side, and before one that a mail goes to.
constexpr std::array<std::string_view, 14> from_words{
    "from", "by", "von", "de", "da", "van", "od", "от", "sender", "sorry", "hello", "dear", "from:<", "hi"};
constexpr std::array<std::string_view, 20> to_words{
    "to",      "for",   "an",      "à",    "para",       "a",         "per",
    "aan",     "do",    "для",     "user", "address",    "recipient", "mailbox",
    "account", "адрес", "adresse", "of",   "recipients", "addresses"};
/// Gap between a phrase and the address it announces: blank, bracket, quote, colon.
constexpr std::size_t widest_gap = 4;
constexpr std::size_t most_words_of_name = 5;
/// Lines of one reply; RFC 5321 gives no bound, the field stays below this.
constexpr std::size_t longest_reply = 20;

template <std::size_t N>
bool one_of(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_open(char c) { return std::string_view("<\"'([{`").find(c) != std::string_view::npos; }
bool is_close(char c) { return std::string_view(">\"')]}`").find(c) != std::string_view::npos; }

/// The place of one address with all that helps to judge it.
struct Place {
  const Document& document;
  const Line& line;
  std::size_t begin;  // of the brackets
  std::size_t end;
  [[nodiscard]] std::string_view before() const {
    return trim_right(std::string_view(document.lower).substr(line.begin, begin - line.begin));
  }
  [[nodiscard]] std::string_view after() const {
    return trim(std::string_view(document.lower).substr(end, line.end - end));
  }
  [[nodiscard]] bool bracketed() const { return begin < document.text.size() && document.text[begin] == '<'; }
};

std::string_view last_word(std::string_view text) {
  text = trim_right(text);
  const std::size_t blank = text.rfind(' ');
  return blank == std::string_view::npos ? text : text.substr(blank + 1);
}

/// "- ", "* ", "1. ", ">>> " in front of a list item removed; what is left of the text before an address.
std::string_view without_bullet(std::string_view before) {
  const std::size_t start = before.find_first_not_of("-*>+#|=.)( ");
  if (start == std::string_view::npos) return {};
  before.remove_prefix(start);
  const bool number =
      std::all_of(before.begin(), before.end(), [](char c) { return is_digit(c) || c == '.' || c == ')'; });
  if (number && before.size() <= 4) return {};
  if (before == "\xE2\x80\xA2" || before == "\xC2\xB7" || before == "\xE2\x80\x93") return {};
  return before;
}

/// Widens an address to its brackets, quotes and scheme ("SMTP:", "mailto:", "rfc822;").
Place widen(const Document& document, const AddressSpan& span) {
  const Line& line = document.lines[document.line_of(span.begin)];
  std::size_t begin = span.begin;
  std::size_t end = span.end;
  const std::string_view text = document.lower;
  for (const std::string_view scheme : {"smtp:", "mailto:", "rfc822;", "rfc822; "})
    if (begin - line.begin >= scheme.size() && text.substr(begin - scheme.size(), scheme.size()) == scheme)
      begin -= scheme.size();
  while (begin > line.begin && is_open(text[begin - 1])) --begin;
  while (end < line.end && is_close(text[end]) && (text[end] != ')' || text[begin] == '(')) ++end;
  const std::string again = " <" + std::string(text.substr(span.begin, span.end - span.begin)) + '>';
  if (text.substr(end, again.size()) == again) end += again.size();
  if (text.substr(begin, 5) == "smtp=" && text.substr(line.begin, begin - line.begin).ends_with("dda:"))
    begin = line.begin;
  if (text.substr(end, 8) == "<mailto:") {
    const std::size_t close = text.substr(0, line.end).find('>', end);
    if (close != std::string_view::npos) end = close + 1;
  }
  return {document, line, begin, end};
}

class Judge {
 public:
  Judge(const Document& document, const std::vector<Code>& codes, const Signals& signals,
        const Vocabulary& vocabulary)
      : document_(document), codes_(codes), signals_(signals), vocabulary_(vocabulary) {}

  Mention judge(const AddressSpan& span) const {
    const Place place = widen(document_, span);
    Mention mention;
    std::string_view written = std::string_view(document_.text).substr(span.begin, span.end - span.begin);
    if (starts_with_word(written, "smtp=")) written.remove_prefix(5);  // "dda:SMTP=a@b.example", X.400
    mention.address = normal_address(written);
    mention.line = static_cast<std::uint32_t>(&place.line - document_.lines.data());
    mention.begin = static_cast<std::uint32_t>(place.begin);
    mention.end = static_cast<std::uint32_t>(place.end);
    mention.own = std::find(signals_.own.begin(), signals_.own.end(), mention.address) != signals_.own.end();
    rank(mention, place);
    if (mention.rank == Rank::head && mention.end < place.line.end && document_.text[mention.end] == ':')
      ++mention.end;
    return mention;
  }

 private:
  void rank(Mention& mention, const Place& place) const {
    const std::string_view head = without_bullet(place.before());
    if (in_url(place)) return;
    const PhraseHit* hit = announcing_phrase(place);
    const bool next_line = hit != nullptr && hit->begin < place.line.begin;
    if (head.empty() &&
        (hit == nullptr || (next_line && vocabulary_.means(*hit, Meaning::recipient_follows)))) {
      if (!place.line.continued) mention.rank = rank_at_start(place);
      if (mention.rank != Rank::none) return;
    }
    if (!head.empty() && rank_by_label(mention, place, head)) return;
    if (hit != nullptr) {
      rank_by_phrase(mention, *hit);
      return;
    }
    if (head.empty()) return;
    if (one_of(from_words, last_word(head)) || is_help_desk(mention)) return;
    if (behind_code(place)) {
      mention.rank = Rank::reply;
    } else if (is_named_head(place, head)) {
      mention.rank = Rank::head;
    } else if (tells_failure(place)) {
      mention.rank = one_of(to_words, last_word(head)) ? Rank::phrase : Rank::sentence;
    }
  }

  /// The longest phrase about whose address comes that ends right before the place.
  [[nodiscard]] const PhraseHit* announcing_phrase(const Place& place) const {
    const PhraseHit* best = nullptr;
    auto hit = std::upper_bound(document_.hits.begin(), document_.hits.end(), place.begin,
                                [](std::size_t at, const PhraseHit& h) { return at < h.begin; });
    constexpr std::size_t longest_phrase = 80;  // bytes; longer than any that announces an address
    while (hit != document_.hits.begin()) {
      --hit;
      if (hit->begin + longest_phrase < place.begin) break;
      if (hit->end > place.begin || place.begin - hit->end > widest_gap || !announces(*hit)) continue;
      if (!only_gap(hit->end, place.begin)) continue;
      if (best == nullptr || hit->end - hit->begin > best->end - best->begin) best = &*hit;
    }
    return best;
  }

  [[nodiscard]] bool only_gap(std::size_t from, std::size_t to) const {
    const std::string_view gap = std::string_view(document_.lower).substr(from, to - from);
    return gap.find_first_not_of(" :'\"<(;-") == std::string_view::npos;
  }

  [[nodiscard]] bool announces(const PhraseHit& hit) const {
    return vocabulary_.means(hit, Meaning::recipient_follows) ||
           vocabulary_.means(hit, Meaning::own_follows) || vocabulary_.means(hit, Meaning::contact_follows) ||
           vocabulary_.means(hit, Meaning::origin_follows);
  }

  void rank_by_phrase(Mention& mention, const PhraseHit& hit) const {
    mention.origin = vocabulary_.means(hit, Meaning::origin_follows);
    if (vocabulary_.means(hit, Meaning::recipient_follows) && !is_help_desk(mention))
      mention.rank = Rank::phrase;
  }

  /// By the label of the line or of the item right before the address ("[Status: Error, Address: <…>"). False
  /// when neither decides.
  bool rank_by_label(Mention& mention, const Place& place, std::string_view head) const {
    const bool labelled = head.ends_with(':') || head.ends_with("\xEF\xBC\x9A");
    const std::size_t item = head.find_last_of(",;[");
    Label label = read_label(head, head).label;
    if (labelled && item != std::string_view::npos)
      label = read_label(head.substr(item + 1), head.substr(item + 1)).label;
    switch (label) {
      case Label::recipient:
        if (labelled) mention.rank = Rank::head;
        return labelled;
      case Label::origin:
        mention.origin = labelled;
        return labelled;
      case Label::own:
      case Label::describes:
        return true;
      case Label::reason:
        if (behind_code(place) || place.bracketed()) mention.rank = Rank::reply;
        return mention.rank == Rank::reply;
      case Label::host:
      case Label::none:
        return false;
    }
    return false;
  }

  /// An address that begins its line: alone, with a colon, with a reason behind it, or as the subject of a
  /// sentence.
  [[nodiscard]] Rank rank_at_start(const Place& place) const {
    const std::string_view after = place.after();
    if (after.empty() || std::string_view(":([-=;").find(after.front()) != std::string_view::npos)
      return Rank::head;
    if (after.starts_with("on ") || after.starts_with("\xEF\xBC\x9A")) return Rank::head;
    if (after.front() == ',') return Rank::head;
    const Line& line = place.line;
    const auto code = std::lower_bound(codes_.begin(), codes_.end(), place.end,
                                       [](const Code& c, std::size_t at) { return c.begin < at; });
    if (code != codes_.end() && code->end <= line.end) return Rank::head;
    if (has_hit(line.begin, line.end, Meaning::refused)) return Rank::head;
    return has_hit(line.begin, line.end, Meaning::not_delivered) ? Rank::sentence : Rank::none;
  }

  [[nodiscard]] bool is_help_desk(const Mention& mention) const {
    return one_of(help_desks, std::string_view(mention.address).substr(0, mention.address.find('@')));
  }

  [[nodiscard]] static bool in_url(const Place& place) {
    const std::string_view word = last_word(place.before());
    return place.begin > place.line.begin && !is_space(place.document.text[place.begin - 1]) &&
           (word.find("://") != std::string_view::npos || word.ends_with('=') || word.ends_with('?'));
  }

  /// "550 5.1.1 <a@b.example>": only codes and blanks between a code and the address.
  [[nodiscard]] bool behind_code(const Place& place) const {
    auto code = std::upper_bound(codes_.begin(), codes_.end(), place.begin,
                                 [](std::size_t at, const Code& c) { return at < c.begin; });
    if (code == codes_.begin()) return false;
    --code;
    if (code->begin < place.line.begin || code->first == '2' || place.begin - code->end > 3) return false;
    const std::string_view gap = std::string_view(document_.lower).substr(code->end, place.begin - code->end);
    return gap.find_first_not_of(" -:(") == std::string_view::npos;
  }

  /// "Kijitora <a@b.example>": a short name, an address in brackets, and nothing or a colon behind it.
  [[nodiscard]] bool is_named_head(const Place& place, std::string_view head) const {
    const std::string_view after = place.after();
    if (!place.bracketed() && document_.lower.compare(place.end - 1, 1, ">") != 0) return false;
    if (!after.empty() && after.front() != ':') return false;
    const auto words = static_cast<std::size_t>(std::count(head.begin(), head.end(), ' ')) + 1;
    return words <= most_words_of_name && head.find('@') == std::string_view::npos && !head.ends_with('.') &&
           !one_of(to_words, last_word(head)) &&
           !has_hit(place.line.begin, place.begin, Meaning::not_delivered);
  }

  /// True when the sentence around tells of a failure; a sentence may go over three lines.
  [[nodiscard]] bool tells_failure(const Place& place) const {
    const auto line = static_cast<std::size_t>(&place.line - document_.lines.data());
    std::size_t first = line;
    std::size_t last = line;
    while (first > 0 && line - first < 2 && !document_.lines[first].after_blank) --first;
    while (last + 1 < document_.lines.size() && last - line < 2 && !document_.lines[last + 1].after_blank)
      ++last;
    const std::size_t begin = document_.lines[first].begin;
    const std::size_t end = document_.lines[last].end;
    return has_hit(begin, end, Meaning::refused) || has_hit(begin, end, Meaning::not_delivered) ||
           has_hit(begin, end, Meaning::still_trying);
  }

  [[nodiscard]] bool has_hit(std::size_t begin, std::size_t end, Meaning meaning) const {
    auto hit = std::lower_bound(document_.hits.begin(), document_.hits.end(), begin,
                                [](const PhraseHit& h, std::size_t at) { return h.begin < at; });
    for (; hit != document_.hits.end() && hit->begin < end; ++hit)
      if (hit->end <= end && vocabulary_.means(*hit, meaning)) return true;
    return false;
  }

  const Document& document_;
  const std::vector<Code>& codes_;
  const Signals& signals_;
  const Vocabulary& vocabulary_;
};

/// An address that begins a line inside the paragraph of another one, further to the right, continues that
/// one's reply:
///   <a@b.example>: host mx.b.example[192.0.2.1] said: 550 5.1.1
///       <a@b.example>: Recipient address rejected
void demote_continuations(const Document& document, std::vector<Mention>& mentions) {
  const Mention* head = nullptr;
  for (Mention& mention : mentions) {
    if (mention.rank != Rank::head) continue;
    bool same_paragraph =
        head != nullptr && mention.line > head->line && mention.line - head->line <= longest_reply;
    for (std::size_t line = mention.line; same_paragraph && line > head->line; --line)
      same_paragraph = !document.lines[line].after_blank;
    if (same_paragraph && document.lines[mention.line].indent > document.lines[head->line].indent)
      mention.rank = Rank::reply;
    else
      head = &mention;
  }
}

}  // namespace

std::vector<Mention> find_mentions(const Document& document, const std::vector<Code>& codes,
                                   const Signals& signals, const Vocabulary& vocabulary) {
  std::vector<Mention> mentions;
  const Judge judge(document, codes, signals, vocabulary);
  std::size_t covered = 0;
  for (const AddressSpan& span : document.addresses) {
    if (span.begin < covered) continue;  // "<mailto:…>" behind the same address
    mentions.push_back(judge.judge(span));
    covered = mentions.back().end;
  }
  demote_continuations(document, mentions);
  return mentions;
}

void add_local_names(std::vector<Mention>& mentions, const Document& document,
                     const std::vector<std::string>& written_to) {
  for (std::size_t line = 0; line < document.lines.size(); ++line) {
    const std::string_view text = document.line_lower(line);
    const std::string_view item = without_bullet(text);
    for (const std::string& address : written_to) {
      const std::string_view local = std::string_view(address).substr(0, address.rfind('@'));
      if (local.empty() || !item.starts_with(local)) continue;
      const std::string_view rest = item.substr(local.size());
      if (!rest.empty() && std::string_view(" :(\t").find(rest.front()) == std::string_view::npos) continue;
      Mention mention;
      mention.address = address;
      mention.rank = Rank::head;
      mention.line = static_cast<std::uint32_t>(line);
      mention.begin = document.lines[line].begin;
      mention.end = static_cast<std::uint32_t>(document.lines[line].end - rest.size());
      mentions.push_back(std::move(mention));
      break;
    }
  }
  std::sort(mentions.begin(), mentions.end(),
            [](const Mention& a, const Mention& b) { return a.begin < b.begin; });
}

}  // namespace bounced::dialects
