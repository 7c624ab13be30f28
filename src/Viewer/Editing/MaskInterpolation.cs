namespace Cellpose3D.Viewer.Editing;

/// <summary>Shapes between two shapes: the mean of their signed distances, each moved so that the middle goes straight from one to the other.</summary>
internal sealed class MaskInterpolation
{
    private readonly PlaneMask _first, _last;
    private readonly (double V, double U) _step;
    private readonly int _v, _u, _height, _width;
    private readonly float[] _firstDistances, _lastDistances;

    /// <summary>Measures two shapes.</summary>
    /// <param name="first">The shape at 0, with a pixel at least.</param>
    /// <param name="last">The shape at 1, with a pixel at least.</param>
    /// <param name="sizeV">Size of a pixel along rows.</param>
    /// <param name="sizeU">Size of a pixel along columns.</param>
    public MaskInterpolation(PlaneMask first, PlaneMask last, double sizeV, double sizeU)
    {
        (_first, _last) = (first, last);
        ((double av, double au), (double bv, double bu)) = (first.Centre()!.Value, last.Centre()!.Value);
        _step = (bv - av, bu - au);
        // wherever a shape is asked for, moved by less than the step
        int marginV = (int)Math.Ceiling(Math.Abs(_step.V)) + 2, marginU = (int)Math.Ceiling(Math.Abs(_step.U)) + 2;
        _v = Math.Min(first.V, last.V) - marginV;
        _u = Math.Min(first.U, last.U) - marginU;
        _height = Math.Max(first.V + first.Height, last.V + last.Height) + marginV - _v;
        _width = Math.Max(first.U + first.Width, last.U + last.Width) + marginU - _u;
        _firstDistances = Signed(first, sizeV, sizeU);
        _lastDistances = Signed(last, sizeV, sizeU);
    }

    /// <summary>The shape at a share of the way.</summary>
    public PlaneMask At(double share)
    {
        (int V, int U) forth = ((int)Math.Round(share * _step.V), (int)Math.Round(share * _step.U));
        (int V, int U) back = ((int)Math.Round((share - 1) * _step.V), (int)Math.Round((share - 1) * _step.U));
        int v = Math.Min(_first.V + forth.V, _last.V + back.V), u = Math.Min(_first.U + forth.U, _last.U + back.U);
        int height = Math.Max(_first.V + _first.Height + forth.V, _last.V + _last.Height + back.V) - v;
        int width = Math.Max(_first.U + _first.Width + forth.U, _last.U + _last.Width + back.U) - u;
        return PlaneMask.Fill(v, u, height, width, (y, x) =>
            (1 - share) * _firstDistances[Index(y - forth.V, x - forth.U)] + share * _lastDistances[Index(y - back.V, x - back.U)] > 0);
    }

    private int Index(int v, int u) => Math.Clamp(v - _v, 0, _height - 1) * _width + Math.Clamp(u - _u, 0, _width - 1);

    // above 0 inside: to the nearest pixel of the other side, less half a pixel, where the border is
    private float[] Signed(PlaneMask mask, double sizeV, double sizeU)
    {
        bool[] inside = PlaneMask.Fill(_v, _u, _height, _width, (v, u) => mask[v, u]).Inside, outside = [.. inside.Select(i => !i)];
        double[] toOutside = SpacedDistance.Squared(outside, (1, _height, _width), (1, sizeV, sizeU)), toInside = SpacedDistance.Squared(inside, (1, _height, _width), (1, sizeV, sizeU));
        double half = 0.5 * Math.Min(sizeV, sizeU);
        float[] signed = new float[inside.Length];
        for (int i = 0; i < signed.Length; i++)
            signed[i] = (float)(inside[i] ? Math.Sqrt(toOutside[i]) - half : half - Math.Sqrt(toInside[i]));
        return signed;
    }
}
