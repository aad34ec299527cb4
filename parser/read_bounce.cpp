#include "parser/read_bounce.hpp"
namespace bounced {
struct Reader::Impl {};
Reader::Reader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;
Result<Reader> Reader::make(ReadOptions, const Classifier&) { return Reader(std::make_unique<Impl>()); }
BounceReport Reader::read(std::string_view, ReadTrace*) const { return {}; }
}  // namespace bounced
