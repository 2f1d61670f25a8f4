#include "server/seal/secret.hpp"

#include <sodium.h>

namespace haven::seal {

Secret::Secret(Secret&& other) noexcept : bytes_(other.bytes_) {
    other.wipe();
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        bytes_ = other.bytes_;
        other.wipe();
    }
    return *this;
}

Secret::~Secret() {
    wipe();
}

void Secret::wipe() {
    sodium_memzero(bytes_.data(), bytes_.size());
}

Secret Secret::random() {
    Secret secret;
    randombytes_buf(secret.bytes_.data(), secret.bytes_.size());
    return secret;
}

Secret Secret::copy() const {
    Secret secret;
    secret.bytes_ = bytes_;
    return secret;
}

bool Secret::operator==(const Secret& other) const {
    return sodium_memcmp(bytes_.data(), other.bytes_.data(), bytes_.size()) == 0;
}

} // namespace haven::seal
