#include "parser/dialect.hpp"

namespace bounced {

struct Dialects::Impl {};
Dialects::Dialects(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
Dialects::Dialects(Dialects&&) noexcept = default;
Dialects& Dialects::operator=(Dialects&&) noexcept = default;
Dialects::~Dialects() = default;
Dialects Dialects::make(Use) { return Dialects(std::make_unique<const Impl>()); }
std::optional<ReportFields> Dialects::read(const MimeTree&, const ReadLimits&) const { return std::nullopt; }
void Dialects::complete(ReportFields&, const MimeTree&, const ReadLimits&) const {}
std::vector<std::string_view> Dialects::names() const { return {}; }

}  // namespace bounced
