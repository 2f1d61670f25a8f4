#include "server/review/pseudonym.hpp"

#include "bilateral/stroke.hpp"
#include "server/seal/seal.hpp"

#include <charconv>
#include <cstdint>
#include <format>
#include <string>

namespace haven::review {

std::string pseudonym(const seal::Seal& seal, const Uuid& person) {
    const std::string hash = seal.hmac_hex("hitl_pseudonym", to_string(person));
    std::uint64_t number = 0;
    std::from_chars(hash.data(), hash.data() + 16, number, 16);
    return std::format("User #{:09}", number % 1'000'000'000);
}

} // namespace haven::review
