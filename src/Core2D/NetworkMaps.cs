namespace Cellpose3D.Core2D;

/// <summary>What the network says of one image, from which masks are made.</summary>
/// <param name="Flows">float32 [2, Y, X], 5 * flow y, 5 * flow x, at the image's size (at the network's scale without resampling); owned.</param>
/// <param name="CellProb">float32 [Y, X], probability logit, same size; owned.</param>
/// <param name="Style">float32 [S], unit length; owned.</param>
/// <param name="Height">Rows of the image.</param>
/// <param name="Width">Columns of the image.</param>
/// <param name="Diameter">Pixels: the diameter the network ran at, given, estimated, or the model's.</param>
/// <param name="NonFinitePixels">Number of NaN or infinite input values, which count as the channel's low value.</param>
/// <param name="NormalizeSeconds">Seconds spent normalising.</param>
/// <param name="NetworkSeconds">Seconds spent in the network.</param>
public sealed record NetworkMaps(
    NdArray<float> Flows, NdArray<float> CellProb, float[] Style, int Height, int Width, double Diameter, long NonFinitePixels, double NormalizeSeconds, double NetworkSeconds);
