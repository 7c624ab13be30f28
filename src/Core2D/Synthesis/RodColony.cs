namespace Cellpose3D.Core2D.Synthesis;

/// <summary>Rods that grow, divide and push each other, as bacteria on agar do.</summary>
internal sealed class RodColony
{
    private readonly SynthesisRandom _random;
    private readonly double _width, _divideAt;
    private readonly List<double> _x = [], _y = [], _angle = [], _length = [];

    /// <param name="random">Source.</param>
    /// <param name="width">Width of a rod, pixels.</param>
    /// <param name="divideAt">Length of the middle line at which a rod divides, pixels.</param>
    public RodColony(SynthesisRandom random, double width, double divideAt)
    {
        _random = random;
        _width = width;
        _divideAt = divideAt;
    }

    public int Count => _x.Count;

    /// <summary>Centre, direction and length of the middle line of one rod.</summary>
    public (double X, double Y, double Angle, double Length) this[int n] => (_x[n], _y[n], _angle[n], _length[n]);

    /// <summary>Puts one rod down.</summary>
    public void Add(double x, double y, double angle)
    {
        _x.Add(x);
        _y.Add(y);
        _angle.Add(angle);
        _length.Add(_divideAt * _random.Uniform(0.5, 1));
    }

    /// <summary>Grows until there are enough rods, or for a number of rounds, with pushing after every round.</summary>
    public void Grow(int count, int rounds)
    {
        for (int round = 0; round < rounds && Count < count; round++)
        {
            for (int n = 0, before = Count; n < before && Count < count; n++)
            {
                _length[n] *= _random.Uniform(1.03, 1.22);
                if (_length[n] < _divideAt * _random.Uniform(0.9, 1.15))
                    continue;
                (double sin, double cos) = PortableMath.SinCos(_angle[n]);
                double half = (_length[n] - _width) / 2, shift = (half + _width) / 2;
                if (half <= 0)
                    (half, shift) = (_length[n] / 2, _width / 2);
                _x.Add(_x[n] + cos * shift);
                _y.Add(_y[n] + sin * shift);
                _angle.Add(_angle[n] + _random.Normal() * 0.08);
                _length.Add(half);
                _x[n] -= cos * shift;
                _y[n] -= sin * shift;
                _angle[n] += _random.Normal() * 0.08;
                _length[n] = half;
            }
            Push(3);
        }
    }

    /// <summary>Moves and turns rods apart where they overlap; each rod is a row of beads.</summary>
    public void Push(int rounds)
    {
        List<(int Rod, double Along)> beads = [];
        Dictionary<(int, int), List<int>> grid = [];
        for (int round = 0; round < rounds; round++)
        {
            beads.Clear();
            grid.Clear();
            for (int n = 0; n < Count; n++)
            {
                int pieces = (int)Math.Ceiling(_length[n] / (0.6 * _width)) + 1;
                for (int k = 0; k < pieces; k++)
                    beads.Add((n, pieces == 1 ? 0 : _length[n] * ((double)k / (pieces - 1) - 0.5)));
            }
            double[] bx = new double[beads.Count], by = new double[beads.Count];
            for (int b = 0; b < beads.Count; b++)
            {
                (double sin, double cos) = PortableMath.SinCos(_angle[beads[b].Rod]);
                bx[b] = _x[beads[b].Rod] + cos * beads[b].Along;
                by[b] = _y[beads[b].Rod] + sin * beads[b].Along;
                (int, int) cell = ((int)Math.Floor(bx[b] / _width), (int)Math.Floor(by[b] / _width));
                (grid.TryGetValue(cell, out List<int>? list) ? list : grid[cell] = []).Add(b);
            }
            double[] moveX = new double[Count], moveY = new double[Count], turn = new double[Count];
            for (int b = 0; b < beads.Count; b++)
                PushBead(b, beads, bx, by, grid, moveX, moveY, turn);
            for (int n = 0; n < Count; n++)
            {
                double inertia = 1 + _length[n] / _width;
                double limit = 0.5 * _width;
                _x[n] += Math.Clamp(moveX[n], -limit, limit);
                _y[n] += Math.Clamp(moveY[n], -limit, limit);
                _angle[n] += Math.Clamp(turn[n] / (_width * _width * inertia), -0.15, 0.15);
            }
        }
    }

    private void PushBead(
        int b, List<(int Rod, double Along)> beads, double[] bx, double[] by, Dictionary<(int, int), List<int>> grid,
        double[] moveX, double[] moveY, double[] turn)
    {
        int rod = beads[b].Rod, cx = (int)Math.Floor(bx[b] / _width), cy = (int)Math.Floor(by[b] / _width);
        for (int k = 0; k < 9; k++)
        {
            if (!grid.TryGetValue((cx + k % 3 - 1, cy + k / 3 - 1), out List<int>? near))
                continue;
            foreach (int other in near)
            {
                if (beads[other].Rod == rod)
                    continue;
                double dx = bx[b] - bx[other], dy = by[b] - by[other], distance = Math.Sqrt(dx * dx + dy * dy);
                if (distance >= _width || distance < 1e-9)
                    continue;
                double push = 0.2 * (_width - distance) / distance;
                moveX[rod] += dx * push;
                moveY[rod] += dy * push;
                turn[rod] += (bx[b] - _x[rod]) * dy * push - (by[b] - _y[rod]) * dx * push;
            }
        }
    }
}
