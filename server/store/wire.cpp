#include "server/store/wire.hpp"

#include "server/store/db_error.hpp"
#include "server/store/param.hpp"

#include <expected>
#include <span>
#include <string_view>

namespace haven::store {

Outcome<WireParams> WireParams::make(std::span<const Param> params) {
    WireParams wire;
    wire.values_.reserve(params.size());
    wire.lengths_.reserve(params.size());
    wire.formats_.reserve(params.size());
    wire.copies_.reserve(params.size()); // never grows: the values point into it
    for (const Param& param : params) {
        const std::string_view value = param.value();
        wire.lengths_.push_back(static_cast<int>(value.size()));
        wire.formats_.push_back(param.is_binary() ? 1 : 0);
        if (param.is_null()) {
            wire.values_.push_back(nullptr);
        } else if (param.is_binary()) {
            // A null pointer would mean NULL: no bytes at all are still a value.
            wire.values_.push_back(value.data() == nullptr ? "" : value.data());
        } else if (value.contains('\0')) {
            return std::unexpected(DbError{.kind = DbErrorKind::violation,
                                           .sqlstate = "22021",
                                           .message = "a text holds a zero byte"});
        } else if (param.is_terminated()) {
            wire.values_.push_back(value.data());
        } else {
            wire.values_.push_back(wire.copies_.emplace_back(value).c_str());
        }
    }
    return wire;
}

} // namespace haven::store
