#include "parser/dialect.hpp"

#include <algorithm>
#include <utility>

#include "parser/charset.hpp"
#include "parser/dialects/catalogue.hpp"
#include "parser/dialects/completion.hpp"
#include "parser/dialects/free_text.hpp"
#include "parser/dialects/pec.hpp"
#include "parser/dialects/sns.hpp"
#include "parser/dsn.hpp"
#include "parser/text.hpp"

namespace bounced {

using namespace dialects;

namespace {

std::vector<std::string_view> body_marks() {
  std::vector<std::string_view> texts;
  for (const Dialect& dialect : catalogue())
    for (const Mark& mark : dialect.marks)
      if (mark.where == Where::body) texts.push_back(mark.text);
  return texts;
}

}  // namespace

struct Dialects::Impl {
  explicit Impl(Use wanted) : use(wanted), vocabulary(body_marks()) {}

  [[nodiscard]] bool matches(const Dialect& dialect, std::size_t first_mark, const Reading& reading,
                             const std::vector<bool>& seen) const;
  [[nodiscard]] const Dialect* recognise(const Reading& reading) const;

  [[nodiscard]] std::optional<ReportFields> read_at(const Reading& reading, const ReadLimits& limits) const;
  [[nodiscard]] std::optional<ReportFields> read_as(const Dialect& dialect, const Reading& reading,
                                                    const ReadLimits& limits) const;
  [[nodiscard]] std::optional<ReportFields> read_layout(Layout layout, std::string_view name,
                                                        const Reading& reading,
                                                        const ReadLimits& limits) const;

  Use use;
  Vocabulary vocabulary;
};

bool Dialects::Impl::matches(const Dialect& dialect, std::size_t first_mark, const Reading& reading,
                             const std::vector<bool>& seen) const {
  const HeaderFields& headers = reading.mail.parts[static_cast<std::size_t>(reading.root)].headers;
  for (const Mark& mark : dialect.marks) {
    switch (mark.where) {
      case Where::unused:
        break;
      case Where::from:
        if (reading.signals.from_field.find(mark.text) == std::string::npos) return false;
        break;
      case Where::subject:
        if (reading.signals.subject.find(mark.text) == std::string::npos) return false;
        break;
      case Where::header: {
        const auto values = headers.all(mark.name);
        if (std::none_of(values.begin(), values.end(),
                         [&](std::string_view v) { return contains_word(v, mark.text); }))
          return false;
        break;
      }
      case Where::body:
        if (!seen[vocabulary.mark(first_mark++)]) return false;
        break;
    }
  }
  return true;
}

/// The first dialect whose marks are all there. A person's answer that quotes a report has none.
const Dialect* Dialects::Impl::recognise(const Reading& reading) const {
  const Signals& signals = reading.signals;
  if (signals.reply_subject && !signals.daemon && !signals.null_sender) return nullptr;
  std::vector<bool> seen(vocabulary.size());
  for (const PhraseHit& hit : reading.document.hits) seen[hit.id] = true;
  for (const PhraseHit& hit : reading.document.stop_hits) seen[hit.id] = true;
  std::size_t first_mark = 0;
  for (const Dialect& dialect : catalogue()) {
    if (matches(dialect, first_mark, reading, seen)) return &dialect;
    first_mark += static_cast<std::size_t>(std::count_if(
        dialect.marks.begin(), dialect.marks.end(), [](const Mark& m) { return m.where == Where::body; }));
  }
  return nullptr;
}

std::optional<ReportFields> Dialects::Impl::read_as(const Dialect& dialect, const Reading& reading,
                                                    const ReadLimits& limits) const {
  std::optional<ReportFields> report;
  if (dialect.layout == Layout::sns) {
    for (const MimePart& part : reading.mail.parts)
      if (!report) report = read_sns(part.text, limits);
  } else if (dialect.layout == Layout::pec) {
    report = read_pec(reading.mail, limits);
  } else {
    return read_layout(dialect.layout, dialect.name, reading, limits);
  }
  if (report) report->dialect = dialect.name;
  return report;
}

/// RFC 3464 fields inside the text come first; what they leave out is taken from the words around them.
std::optional<ReportFields> Dialects::Impl::read_layout(Layout layout, std::string_view name,
                                                        const Reading& reading,
                                                        const ReadLimits& limits) const {
  auto report = make_report(reading, layout, name, vocabulary, limits);
  if (reading.document.status_fields.empty()) return report;
  ReportFields fields = read_delivery_status(reading.document.status_fields, limits);
  if (fields.recipients.empty()) return report;
  fields.dialect = name;
  fields.returned_part = reading.document.returned_part;
  if (fields.returned_part < 0) fields.returned_text = reading.document.returned_text;
  if (is_incomplete(fields)) complete_from_text(fields, reading, vocabulary, limits);
  return fields;
}

Dialects::Dialects(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
Dialects::Dialects(Dialects&&) noexcept = default;
Dialects& Dialects::operator=(Dialects&&) noexcept = default;
Dialects::~Dialects() = default;
Dialects Dialects::make(Use use) { return Dialects(std::make_unique<const Impl>(use)); }

std::optional<ReportFields> Dialects::Impl::read_at(const Reading& reading, const ReadLimits& limits) const {
  if (reading.signals.complaint_or_report) return std::nullopt;
  const Dialect* dialect = use == Use::all ? recognise(reading) : nullptr;
  if (dialect != nullptr)
    if (auto report = read_as(*dialect, reading, limits)) return report;
  auto report = read_layout(Layout::plain, "free-text", reading, limits);
  if (report && looks_like_report(reading, *report, vocabulary)) return report;
  return std::nullopt;
}

/// The mail itself, else a report that another mail system or list has wrapped. A person who forwards one is
/// no report.
std::optional<ReportFields> Dialects::read(const MimeTree& mail, const ReadLimits& limits) const {
  constexpr int most_wrappings = 3;
  int root = 0;
  for (int level = 0; level < most_wrappings; ++level) {
    const Reading reading = read_text(mail, root, impl_->vocabulary, limits);
    if (auto report = impl_->read_at(reading, limits)) return report;
    const Signals& signals = reading.signals;
    const bool automatic =
        (signals.daemon || signals.null_sender) && !signals.reply_subject && !signals.auto_reply;
    const int inner = reading.document.returned_part + 1;
    if (!automatic || inner <= root || static_cast<std::size_t>(inner) >= mail.parts.size()) break;
    if (mail.parts[static_cast<std::size_t>(inner)].parent != reading.document.returned_part) break;
    root = inner;
  }
  return std::nullopt;
}

void Dialects::complete(ReportFields& report, const MimeTree& mail, const ReadLimits& limits) const {
  if (!is_incomplete(report)) return;
  complete_from_text(report, read_text(mail, 0, impl_->vocabulary, limits), impl_->vocabulary, limits);
}

std::vector<std::string_view> Dialects::names() const {
  std::vector<std::string_view> names;
  for (const Dialect& dialect : catalogue())
    if (std::find(names.begin(), names.end(), dialect.name) == names.end()) names.push_back(dialect.name);
  names.emplace_back("free-text");
  return names;
}

}  // namespace bounced
