#include "server/http/digest.hpp"

#include "net/api/json.hpp"

#include <openssl/evp.h>

#include <cassert>
#include <cstddef>
#include <expected>
#include <format>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

namespace haven::http {
namespace {

/// SHA-256 of what comes piece by piece.
class Hash {
  public:
    Hash() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
        demand(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr));
    }
    void add(std::string_view bytes) {
        demand(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
    }
    [[nodiscard]] Digest finish() {
        Digest digest{};
        unsigned length = 0;
        demand(EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(digest.data()),
                                  &length));
        assert(length == digest.size());
        return digest;
    }

  private:
    static void demand([[maybe_unused]] int done) { assert(done == 1); }

    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

} // namespace

Digest digest_of(std::string_view bytes) {
    Hash hash;
    hash.add(bytes);
    return hash.finish();
}

std::expected<Digest, api::JsonFault> digest_of_json(std::string_view json) {
    Hash hash;
    const auto read =
        api::canonical_json(json, [&hash](std::string_view piece) { hash.add(piece); });
    if (!read) {
        return std::unexpected(read.error());
    }
    return hash.finish();
}

std::string hexadecimal(const Digest& digest) {
    std::string text;
    for (const std::byte value : digest) {
        std::format_to(std::back_inserter(text), "{:02x}", std::to_integer<unsigned>(value));
    }
    return text;
}

} // namespace haven::http
