#pragma once

#include "server/store/db_error.hpp"
#include "server/store/param.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace haven::store {

/// Parameters as libpq's three arrays; a view of `params`, which must outlive it. libpq measures
/// text with strlen, so text that is not known to end in a zero is copied, and text with a zero
/// inside, which PostgreSQL cannot hold, is refused.
class WireParams {
  public:
    [[nodiscard]] static Outcome<WireParams> make(std::span<const Param> params);

    [[nodiscard]] int count() const { return static_cast<int>(values_.size()); }
    [[nodiscard]] const char* const* values() const { return values_.data(); }
    [[nodiscard]] const int* lengths() const { return lengths_.data(); }
    [[nodiscard]] const int* formats() const { return formats_.data(); }

  private:
    WireParams() = default;
    std::vector<const char*> values_;
    std::vector<int> lengths_;
    std::vector<int> formats_;
    std::vector<std::string> copies_;
};

} // namespace haven::store
