#include "environments/parts/noise.hpp"

#include <glm/common.hpp>

#include <bit>
#include <cstdint>

namespace haven::environments {
namespace {

constexpr std::uint32_t golden_ratio = 0x9E3779B9U;

float lattice(int x, int y, int z, std::uint32_t seed) {
    const auto mixed = static_cast<std::uint32_t>(x) * 0x8DA6B343U ^
                       static_cast<std::uint32_t>(y) * 0xD8163841U ^
                       static_cast<std::uint32_t>(z) * 0xCB1AB31FU;
    return static_cast<float>(scramble(mixed ^ seed) >> 8U) * (2.0F / 16777215.0F) - 1.0F;
}

} // namespace

std::uint32_t scramble(std::uint32_t bits) {
    bits ^= bits >> 16U;
    bits *= 0x85EBCA6BU;
    bits ^= bits >> 13U;
    bits *= 0xC2B2AE35U;
    bits ^= bits >> 16U;
    return bits;
}

float noise(glm::vec3 at, std::uint32_t seed) {
    const glm::vec3 cell = glm::floor(at);
    const glm::vec3 in = at - cell;
    const glm::vec3 s = in * in * in * (in * (in * 6.0F - 15.0F) + 10.0F);
    const int x = static_cast<int>(cell.x);
    const int y = static_cast<int>(cell.y);
    const int z = static_cast<int>(cell.z);
    const auto row = [&](int dy, int dz) {
        return glm::mix(lattice(x, y + dy, z + dz, seed), lattice(x + 1, y + dy, z + dz, seed),
                        s.x);
    };
    return glm::mix(glm::mix(row(0, 0), row(1, 0), s.y), glm::mix(row(0, 1), row(1, 1), s.y), s.z);
}

float noise_two_scales(glm::vec3 at, std::uint32_t seed) {
    return (noise(at, seed) + 0.5F * noise(at * 2.7F, seed ^ golden_ratio)) / 1.5F;
}

std::uint32_t Dice::bits() {
    state_ += golden_ratio;
    return std::rotl(scramble(state_), 7);
}

float Dice::unit() {
    return static_cast<float>(bits() >> 8U) * (1.0F / 16777216.0F);
}

float Dice::between(float low, float high) {
    return low + (high - low) * unit();
}

float Dice::around(float centre, float spread) {
    return between(centre - spread, centre + spread);
}

} // namespace haven::environments
