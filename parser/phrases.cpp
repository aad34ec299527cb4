#include "parser/phrases.hpp"

#include <algorithm>
#include <array>

#include "parser/text.hpp"

namespace bounced {
namespace {

/// Placeholders in phrases, in the order of their words; they sit where no letters of a reply can reach.
constexpr std::string_view placeholders[] = {"<addr>", "<ip>", "<host>", "<url>",
                                             "<n>",    "<id>", "<time>", "<rcpt>"};

/// The word of a placeholder, by its place in that list.
constexpr WordTree::Word placeholder_word(std::size_t place) {
  return static_cast<WordTree::Word>(place + 1);
}

/// 0 = the token has none.
WordTree::Word placeholder_of(TokenKind kind) {
  switch (kind) {
    case TokenKind::address:
      return placeholder_word(0);
    case TokenKind::ip:
      return placeholder_word(1);
    case TokenKind::host:
      return placeholder_word(2);
    case TokenKind::url:
      return placeholder_word(3);
    case TokenKind::number:
      return placeholder_word(4);
    case TokenKind::id:
      return placeholder_word(5);
    case TokenKind::time:
      return placeholder_word(6);
    case TokenKind::word:
    case TokenKind::status:
      return 0;
  }
  return 0;
}
constexpr WordTree::Word recipient_word = placeholder_word(7);

std::size_t edge_hash(std::uint32_t node, std::uint32_t word) {
  const std::uint64_t key = (static_cast<std::uint64_t>(node) << 32U) | word;
  return static_cast<std::size_t>((key * 0x9E3779B97F4A7C15U) >> 32U);
}

std::vector<std::string> split_blanks(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

}  // namespace

Result<Lexicon> Lexicon::make(const std::vector<Term>& terms) {
  Lexicon lexicon;
  for (const std::string_view mark : placeholders) lexicon.words_.add(mark, false);
  // fillers first: they are left out of every phrase
  lexicon.first_filler_ = lexicon.words_.count() + 1;
  for (const Term& term : terms)
    if (term.name == "filler")
      for (const std::string& word : term.words) lexicon.read_word(word);
  lexicon.end_of_fillers_ = lexicon.words_.count() + 1;
  for (const Term& term : terms)
    if (term.name != "filler")
      if (auto added = lexicon.add(term); !added) return fail(added.error());
  lexicon.finish();
  return lexicon;
}

int Lexicon::number_of(std::string_view name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  return found == names_.end() ? -1 : static_cast<int>(found - names_.begin());
}

Result<void> Lexicon::add(const Term& term) {
  int number = number_of(term.name);
  if (number < 0) {
    if (names_.size() == max_terms)
      return fail(Exit::config, term.origin + ": more than " + std::to_string(max_terms) + " terms",
                  "join terms that always stand in the same rules");
    number = static_cast<int>(names_.size());
    names_.push_back(term.name);
  }
  for (const std::string& phrase : term.words)
    if (auto added = add_phrase(term, phrase, static_cast<std::size_t>(number)); !added) return added;
  return {};
}

Result<void> Lexicon::add_phrase(const Term& term, const std::string& phrase, std::size_t number) {
  std::uint32_t node = 0;
  const auto enter = [&](Word word) {
    if (!is_filler(word)) node = grown(node, word);
  };
  for (const std::string& written : split_blanks(phrase)) {
    if (std::find(std::begin(placeholders), std::end(placeholders), written) != std::end(placeholders)) {
      enter(words_.add(written, false));
      continue;
    }
    const bool stem = written.ends_with('*');
    Tokens tokens;
    tokenise(stem ? std::string_view(written).substr(0, written.size() - 1) : written, tokens);
    for (std::size_t i = 0; i < tokens.list.size(); ++i) {
      const Token& token = tokens.list[i];
      if (token.kind != TokenKind::word)
        return fail(Exit::config, term.origin + ": term " + term.name + ": \"" + written + "\" is not a word",
                    "write numbers and hosts as <n>, <host>, <id>");
      enter(words_.add(tokens.word(token), stem && i + 1 == tokens.list.size()));
    }
  }
  if (node == 0)
    return fail(Exit::config,
                term.origin + ": term " + term.name + ": the phrase \"" + phrase + "\" has no words",
                "words of the term \"filler\" are left out");
  terms_[node].set(number);
  return {};
}

Lexicon::Word Lexicon::read_word(const std::string& written) {
  const bool stem = written.ends_with('*');
  return words_.add(fold_letters(stem ? written.substr(0, written.size() - 1) : written), stem);
}

std::size_t Lexicon::place_of(std::uint32_t node, Word word) const {
  const std::size_t mask = edges_.size() - 1;
  std::size_t at = edge_hash(node, word) & mask;
  while (edges_[at].word != 0 && (edges_[at].from != node || edges_[at].word != word)) at = (at + 1) & mask;
  return at;
}

std::uint32_t Lexicon::grown(std::uint32_t node, Word word) {
  if (2 * used_edges_ >= edges_.size()) widen();
  Edge& edge = edges_[place_of(node, word)];
  if (edge.word == 0) {
    edge = {node, word, {static_cast<std::uint32_t>(terms_.size()), 0}};
    terms_.emplace_back();
    ++used_edges_;
  }
  return edge.next.node;
}

void Lexicon::widen() {
  std::vector<Edge> old(2 * edges_.size());
  std::swap(old, edges_);
  for (const Edge& edge : old)
    if (edge.word != 0) edges_[place_of(edge.from, edge.word)] = edge;
}

void Lexicon::finish() {
  words_.finish();
  std::vector<std::uint32_t> marks(terms_.size(), 0);
  for (std::size_t node = 0; node < terms_.size(); ++node)
    if (terms_[node].any()) marks[node] = ends_phrase;
  for (const Edge& edge : edges_)
    if (edge.word != 0) marks[edge.from] |= follower(edge.word);
  first_word_.assign(words_.count() + 1, Next{});
  for (Edge& edge : edges_) {
    edge.next.marks = edge.word == 0 ? 0 : marks[edge.next.node];
    if (edge.word != 0 && edge.from == 0) first_word_[edge.word] = edge.next;
  }
}

Lexicon::Next Lexicon::next_of(const Next& from, Word word) const {
  if ((from.marks & follower(word)) == 0) return {};
  return edges_[place_of(from.node, word)].next;
}

bool Lexicon::is_filler(const WordTree::Known& words) const {
  return std::any_of(words.words.begin(), words.words.begin() + words.count,
                     [&](Word word) { return is_filler(word); });
}

void Lexicon::known(const Tokens& tokens, const Token& token, std::string_view text,
                    std::string_view recipient, WordTree::Known& out) const {
  out.count = 0;
  if (token.kind == TokenKind::word) {
    words_.find(tokens.word(token), out);
    return;
  }
  out.words[out.count++] = placeholder_of(token.kind);
  if (token.kind == TokenKind::address &&
      same_word(text.substr(token.begin, token.end - token.begin), recipient))
    out.words[out.count++] = recipient_word;
}

void Lexicon::longest(const std::vector<Known>& words, std::size_t at, Match& best) const {
  // A token is at most four words, and phrases are short: the states reachable in parallel stay few.
  constexpr std::size_t most_states = 16;
  best.length = 0;
  const WordTree::Known& first = words[at].words;
  std::array<Next, WordTree::Known::most> openers;
  std::size_t count = 0;
  for (std::size_t w = 0; w < first.count; ++w)
    if (const Next next = first_word_[first.words[w]]; next.node != 0) openers[count++] = next;
  if (count == 0) return;
  thread_local std::array<Next, most_states> one;  // not of the stack, where they would be cleared each time
  thread_local std::array<Next, most_states> other;
  Next* states = one.data();
  Next* reached = other.data();
  std::copy(openers.begin(), openers.begin() + count, states);
  for (std::size_t i = at; count > 0;) {
    TermSet terms;
    for (std::size_t s = 0; s < count; ++s)
      if ((states[s].marks & ends_phrase) != 0) terms |= terms_[states[s].node];
    ++i;
    if (terms.any()) {
      best.length = i - at;
      best.terms = terms;
    }
    if (i == words.size() || words[i].token->sentence != words[at].token->sentence) break;
    std::size_t reached_count = 0;
    for (std::size_t s = 0; s < count; ++s)
      for (std::size_t w = 0; w < words[i].words.count && reached_count < most_states; ++w)
        if (const Next next = next_of(states[s], words[i].words.words[w]); next.node != 0)
          reached[reached_count++] = next;
    std::swap(states, reached);
    count = reached_count;
  }
}

void Lexicon::find(const Tokens& tokens, std::string_view text, std::string_view recipient,
                   Occurrences& out) const {
  out.list.clear();
  out.anywhere.reset();
  out.in_sentence.assign(tokens.list.empty() ? 0 : tokens.list.back().sentence + 1U, TermSet{});
  out.last_word.assign(out.in_sentence.size(), 0);
  thread_local std::vector<Known> words;
  words.clear();
  for (const Token& token : tokens.list) {
    if (token.kind == TokenKind::status) continue;
    Known& word = words.emplace_back();
    word.token = &token;
    known(tokens, token, text, recipient, word.words);
    if (is_filler(word.words)) {
      words.pop_back();
      continue;
    }
    out.last_word[token.sentence] = static_cast<std::uint32_t>(words.size() - 1);
  }
  std::size_t covered = 0;  // words before this one belong to an earlier phrase
  Match match;
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (words[at].words.count == 0) continue;
    longest(words, at, match);
    if (match.length == 0 || at + match.length <= covered) continue;
    covered = at + match.length;
    const Token& last = *words[covered - 1].token;
    Occurrence found;
    found.terms = match.terms;
    found.sentence = last.sentence;
    found.first_word = static_cast<std::uint32_t>(at);
    found.last_word = static_cast<std::uint32_t>(covered - 1);
    found.begin = words[at].token->begin;
    found.end = last.end;
    out.in_sentence[found.sentence] |= found.terms;
    out.anywhere |= found.terms;
    out.list.push_back(found);
  }
}

}  // namespace bounced
