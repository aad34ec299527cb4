#include "parser/phrases.hpp"

#include <algorithm>

namespace bounced {
namespace {

/// Placeholders in phrases, in the order of their words; they sit where no letters of a reply can reach.
constexpr std::string_view placeholders[] = {"<addr>", "<ip>", "<host>", "<url>",
                                             "<n>",    "<id>", "<time>", "<rcpt>"};

std::string_view placeholder_of(TokenKind kind) {
  switch (kind) {
    case TokenKind::address:
      return placeholders[0];
    case TokenKind::ip:
      return placeholders[1];
    case TokenKind::host:
      return placeholders[2];
    case TokenKind::url:
      return placeholders[3];
    case TokenKind::number:
      return placeholders[4];
    case TokenKind::id:
      return placeholders[5];
    case TokenKind::time:
      return placeholders[6];
    case TokenKind::word:
    case TokenKind::status:
      return {};
  }
  return {};
}

bool same_address(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [&](char x, char y) { return lower(x) == lower(y); });
}

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
  for (const std::string_view mark : placeholders) lexicon.intern(mark, false);
  // fillers first: they are left out of every phrase
  for (const Term& term : terms)
    if (term.name == "filler")
      for (const std::string& word : term.words) lexicon.filler_[lexicon.read_word(word)] = true;
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
    if (filler_[word]) return;
    const auto [place, fresh] =
        building_phrases_[node].try_emplace(word, static_cast<std::uint32_t>(building_phrases_.size()));
    const std::uint32_t next = place->second;
    if (fresh) {
      building_phrases_.emplace_back();
      terms_.emplace_back();
    }
    node = next;
  };
  for (const std::string& written : split_blanks(phrase)) {
    if (std::find(std::begin(placeholders), std::end(placeholders), written) != std::end(placeholders)) {
      enter(intern(written, false));
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
      enter(intern(tokens.word(token), stem && i + 1 == tokens.list.size()));
    }
  }
  if (node == 0)
    return fail(Exit::config,
                term.origin + ": term " + term.name + ": the phrase \"" + phrase + "\" has no words",
                "words of the term \"filler\" are left out");
  terms_[node].set(number);
  return {};
}

Lexicon::Word Lexicon::intern(std::string_view text, bool stem) {
  std::uint32_t node = 0;
  for (const char c : text) {
    auto& next = building_letters_[node].next;
    const auto found =
        std::find_if(next.begin(), next.end(), [&](const auto& edge) { return edge.first == c; });
    if (found != next.end()) {
      node = found->second;
      continue;
    }
    const auto fresh = static_cast<std::uint32_t>(building_letters_.size());
    next.emplace_back(c, fresh);
    building_letters_.emplace_back();
    node = fresh;
  }
  Word& word = stem ? building_letters_[node].stem : building_letters_[node].whole;
  if (word == 0) {
    word = next_word_++;
    filler_.push_back(false);
  }
  return word;
}

Lexicon::Word Lexicon::read_word(const std::string& written) {
  const bool stem = written.ends_with('*');
  return intern(fold_letters(stem ? written.substr(0, written.size() - 1) : written), stem);
}

void Lexicon::finish() {
  finish_letters();
  finish_phrases();
}

void Lexicon::finish_letters() {
  letters_.resize(building_letters_.size());
  for (std::size_t node = 0; node < building_letters_.size(); ++node) {
    const Letters& from = building_letters_[node];
    FlatLetters& to = letters_[node];
    to.first_edge = static_cast<std::uint32_t>(edge_letters_.size());
    to.edges = static_cast<std::uint32_t>(from.next.size());
    to.whole = from.whole;
    to.stem = from.stem;
    for (const auto& [letter, next] : from.next) {
      edge_letters_ += letter;
      edge_next_.push_back(next);
      if (node == 0) first_letter_[static_cast<unsigned char>(letter)] = next;
    }
  }
  building_letters_.clear();
}

void Lexicon::finish_phrases() {
  std::size_t count = 0;
  for (const auto& node : building_phrases_) count += node.size();
  std::size_t size = 16;
  while (size < 2 * count) size *= 2;
  edges_.assign(size, Edge{});
  first_word_.assign(next_word_, 0);
  for (std::uint32_t node = 0; node < building_phrases_.size(); ++node)
    for (const auto& [word, next] : building_phrases_[node]) {
      if (node == 0) first_word_[word] = next;
      std::size_t at = edge_hash(node, word) & (size - 1);
      while (edges_[at].word != 0) at = (at + 1) & (size - 1);
      edges_[at] = {node, word, next};
    }
  building_phrases_.clear();
}

std::uint32_t Lexicon::letter_after(std::uint32_t node, char letter) const {
  if (node == 0) return first_letter_[static_cast<unsigned char>(letter)];
  const FlatLetters& from = letters_[node];
  for (std::uint32_t i = from.first_edge; i < from.first_edge + from.edges; ++i)
    if (edge_letters_[i] == letter) return edge_next_[i];
  return 0;
}

std::uint32_t Lexicon::phrase_after(std::uint32_t node, Word word) const {
  if (node == 0) return first_word_[word];
  const std::size_t mask = edges_.size() - 1;
  for (std::size_t at = edge_hash(node, word) & mask; edges_[at].word != 0; at = (at + 1) & mask)
    if (edges_[at].node == node && edges_[at].word == word) return edges_[at].next;
  return 0;
}

void Lexicon::known_words(std::string_view text, Known& out) const {
  std::uint32_t node = 0;
  Word stems[Known::most] = {};
  std::size_t stem_count = 0;
  const auto note = [&](Word stem) {
    if (stem == 0) return;
    if (stem_count == Known::most) {  // keep the longest ones
      std::copy(stems + 1, stems + Known::most, stems);
      --stem_count;
    }
    stems[stem_count++] = stem;
  };
  for (const char c : text) {
    node = letter_after(node, c);
    if (node == 0) break;
    note(letters_[node].stem);
  }
  if (node != 0 && letters_[node].whole != 0) out.words[out.count++] = letters_[node].whole;
  while (stem_count > 0 && out.count < Known::most) out.words[out.count++] = stems[--stem_count];
}

Lexicon::Known Lexicon::known(const Tokens& tokens, const Token& token, std::string_view text,
                              std::string_view recipient) const {
  Known out;
  out.token = &token;
  if (token.kind == TokenKind::word) {
    known_words(tokens.word(token), out);
    return out;
  }
  known_words(placeholder_of(token.kind), out);
  if (token.kind == TokenKind::address &&
      same_address(text.substr(token.begin, token.end - token.begin), recipient))
    known_words("<rcpt>", out);
  return out;
}

void Lexicon::longest(const std::vector<Known>& words, std::size_t at, Match& best) const {
  // A token is at most four words, and phrases are short: the states reachable in parallel stay few.
  constexpr std::size_t most_states = 16;
  std::uint32_t states[most_states] = {0};
  std::size_t count = 1;
  best.length = 0;
  for (std::size_t i = at; i < words.size() && count > 0; ++i) {
    if (words[i].token->sentence != words[at].token->sentence) break;
    std::uint32_t next[most_states];
    std::size_t next_count = 0;
    TermSet terms;
    for (std::size_t s = 0; s < count; ++s) {
      for (std::size_t w = 0; w < words[i].count && next_count < most_states; ++w) {
        const std::uint32_t node = phrase_after(states[s], words[i].words[w]);
        if (node == 0) continue;
        next[next_count++] = node;
        terms |= terms_[node];
      }
    }
    if (terms.any()) {
      best.length = i - at + 1;
      best.terms = terms;
    }
    std::copy(next, next + next_count, states);
    count = next_count;
  }
}

void Lexicon::find(const Tokens& tokens, std::string_view text, std::string_view recipient,
                   Occurrences& out) const {
  out.list.clear();
  out.anywhere.reset();
  out.in_sentence.assign(tokens.list.empty() ? 0 : tokens.list.back().sentence + 1U, TermSet{});
  out.last_word.assign(out.in_sentence.size(), 0);
  std::vector<Known> words;
  words.reserve(tokens.list.size());
  for (const Token& token : tokens.list) {
    if (token.kind == TokenKind::status) continue;
    Known word = known(tokens, token, text, recipient);
    const bool filler = std::any_of(word.words, word.words + word.count, [&](Word w) { return filler_[w]; });
    if (filler) continue;
    out.last_word[token.sentence] = static_cast<std::uint32_t>(words.size());
    words.push_back(word);
  }
  std::size_t covered = 0;  // words before this one belong to an earlier phrase
  Match match;
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (words[at].count == 0) continue;
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
