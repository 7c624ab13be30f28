using Cellpose3D.Core2D.Network;
using Cellpose3D.IO.Weights;

namespace Cellpose3D.Bench;

/// <summary>
/// A network of Cellpose's layout that is cheap and needs no training: its flows are the slope of the image, its logit the image less a half.
/// On bright round cells with soft edges that is what a trained network would say.
/// </summary>
/// <remarks>
/// All kernels are zero but three. The way down carries the image through (so that the style is no zero over zero); on the way up
/// the skip of the first level goes through one 3 x 3 convolution, a slope along y, one along x, and the image itself; the
/// output scales them. Slopes are lifted by 1 since every convolution cuts negative values off.
/// </remarks>
internal static class StandInNetwork
{
    private const int Width = 4;
    private const float Slope = 25, Logit = 12;                          // of the maps per unit of what they are made from

    /// <summary>Writes the weights.</summary>
    /// <param name="path">A safetensors file.</param>
    /// <param name="diameter">Cell diameter in pixels that images are resized to.</param>
    public static void Write(string path, float diameter)
    {
        using var net = new CellposeNet(NetArchitecture.FromBase(Width));
        StateDict weights = NetWeights.FromNet(net);
        using FileStream stream = File.Create(path);
        CellposeModelFile.Save(stream, weights with { Tensors = [.. weights.Tensors.Select(t => Fill(t, diameter))] }, half: false);
    }

    private static WeightTensor Fill(WeightTensor tensor, float diameter)
    {
        if (tensor.Type != WeightType.Float32)
            return tensor;
        float[] values = new float[tensor.ToFloats().Length];
        string name = tensor.Name;
        if (name is "diam_mean" or "diam_labels")
            values[0] = diameter;
        else if (name.EndsWith("running_var", StringComparison.Ordinal) || name.EndsWith(".0.weight", StringComparison.Ordinal))
            Array.Fill(values, 1);                                       // batch norms change nothing
        else if (name.StartsWith("downsample.", StringComparison.Ordinal) && name.EndsWith("proj.1.weight", StringComparison.Ordinal))
            values[0] = 1;                                               // the first channel goes on as the first
        else if (name == "upsample.up.res_up_0.conv.conv_1.conv.2.weight")
            FillSlopes(values);
        else if (name == "upsample.up.res_up_0.conv.conv_1.conv.2.bias")
            values[0] = values[1] = 1;
        else if (name == "output.2.weight")
            (values[0], values[Width + 1], values[2 * Width + 2]) = (Slope, Slope, Logit);
        else if (name == "output.2.bias")
            (values[0], values[1], values[2]) = (-Slope, -Slope, -Logit / 2);
        return WeightTensor.FromFloats(name, tensor.Shape, values);
    }

    // [to, from, 3, 3]; from channel 0 only
    private static void FillSlopes(float[] kernels)
    {
        float[] smooth = [0.25f, 0.5f, 0.25f], difference = [-0.5f, 0, 0.5f];
        for (int i = 0; i < 9; i++)
        {
            kernels[i] = difference[i / 3] * smooth[i % 3];
            kernels[Width * 9 + i] = smooth[i / 3] * difference[i % 3];
        }
        kernels[2 * Width * 9 + 4] = 1;
    }
}
