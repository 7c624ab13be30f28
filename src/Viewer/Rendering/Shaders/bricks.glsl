// Cubes of 8 and 32 voxels that hold nothing to see are jumped over.
uniform usampler3D u_fine, u_coarse;
uniform int u_skip;

// Side of the empty brick around a voxel; 0 where there may be something. A brick is empty up to a value.
int emptyBrick(ivec3 voxel, uint upTo) {
    if (texelFetch(u_coarse, voxel >> 5, 0).r <= upTo)
        return 32;
    return texelFetch(u_fine, voxel >> 3, 0).r <= upTo ? 8 : 0;
}

// The first sample of a ray a + t b (in voxels) that lies beyond the brick of a voxel; samples are at near + (k + first) step.
int sampleBeyond(vec3 a, vec3 b, ivec3 voxel, int side, float near, float step, float first) {
    vec3 border = (vec3((voxel / side + ivec3(greaterThan(b, vec3(0.0)))) * side) - a) / b;
    return int(ceil((min(min(border.x, border.y), border.z) - near) / step - first));
}
