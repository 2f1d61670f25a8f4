#include "server/store/param.hpp"

#include "bilateral/stroke.hpp"

#include <bit>
#include <cassert>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string_view>
#include <system_error>

namespace haven::store {

Param::Param(const Uuid& id) : size_(id.bytes.size()), null_(false), binary_(true) {
    std::memcpy(inline_.data(), id.bytes.data(), id.bytes.size());
}

Param::Param(bool value) : size_(1), null_(false) {
    inline_[0] = value ? 't' : 'f';
}

Param::Param(IntegerTag /*tag*/, std::int64_t value) : null_(false) {
    const auto end = std::to_chars(inline_.data(), inline_.data() + inline_.size(), value);
    assert(end.ec == std::errc());
    size_ = static_cast<std::size_t>(end.ptr - inline_.data());
}

Param::Param(double value) : null_(false) {
    const auto end = std::to_chars(inline_.data(), inline_.data() + inline_.size(), value);
    assert(end.ec == std::errc());
    size_ = static_cast<std::size_t>(end.ptr - inline_.data());
}

Param::Param(std::span<const std::byte> bytes)
    : data_(reinterpret_cast<const char*>(bytes.data())), size_(bytes.size()), null_(false),
      binary_(true) {}

std::string_view Param::value() const {
    return {data_ == nullptr ? inline_.data() : data_, size_};
}

Param Param::time_us(std::int64_t microseconds) {
    using Limits = std::numeric_limits<std::int64_t>;
    const bool is_end =
        microseconds == Limits::max() || microseconds < Limits::min() + epoch_2000_us;
    const auto since_2000 =
        static_cast<std::uint64_t>(!is_end ? microseconds - epoch_2000_us
                                           : (microseconds < 0 ? Limits::min() : Limits::max()));
    const std::uint64_t network =
        std::endian::native == std::endian::little ? std::byteswap(since_2000) : since_2000;
    Param param(nullptr);
    std::memcpy(param.inline_.data(), &network, sizeof network);
    param.size_ = sizeof network;
    param.null_ = false;
    param.binary_ = true;
    return param;
}

} // namespace haven::store
