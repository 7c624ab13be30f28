namespace Cellpose3D.Core2D.Synthesis;

/// <summary>Signed distances, pixels, to one outline, over the box of the canvas that holds it.</summary>
internal sealed class CellRaster(int y0, int x0, int height, int width)
{
    public int Y0 { get; } = y0;

    public int X0 { get; } = x0;

    public int Height { get; } = height;

    public int Width { get; } = width;

    /// <summary>float [Y, X], pixels, negative inside.</summary>
    public float[] Distance { get; } = new float[height * width];

    /// <summary>Greatest depth inside the outline, pixels; at least 0.5.</summary>
    public float Depth { get; private set; } = 0.5f;

    /// <summary>Canvas row and column of the deepest pixel.</summary>
    public (int Y, int X) Deepest { get; private set; }

    /// <summary>Refreshes <see cref="Depth"/> and <see cref="Deepest"/>.</summary>
    public void MeasureDepth()
    {
        Depth = 0.5f;
        Deepest = (Y0 + Height / 2, X0 + Width / 2);
        for (int n = 0; n < Distance.Length; n++)
        {
            if (-Distance[n] > Depth)
            {
                Depth = -Distance[n];
                Deepest = (Y0 + n / Width, X0 + n % Width);
            }
        }
    }

    /// <summary>Pushes the outline in and out by a field of pixels: ruffles.</summary>
    public void Roughen(Plane field, double amplitude)
    {
        float a = (float)amplitude;
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
                Distance[y * Width + x] += a * field.Data[(y + Y0) * field.Width + x + X0];
        }
        MeasureDepth();
    }
}
