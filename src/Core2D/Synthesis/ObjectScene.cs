namespace Cellpose3D.Core2D.Synthesis;

/// <summary>Things that repeat like cells but are none: pebbles, fruit, scales, photographed in light from one side.</summary>
internal static class ObjectScene
{
    public static Render Draw(Scene scene, string what)
    {
        List<Item> items = [];
        LabelMap map = scene.Fit((diameter, random) =>
        {
            items = what == "scales" ? PlaceScales(scene, random, diameter) : PlaceHeap(scene, random, diameter, what == "fruit");
            LabelMap labels = LabelMap.Cover(scene.Height, scene.Width, items.ConvertAll(i => i.Raster));
            labels.Clean();
            return labels;
        });
        SynthesisRandom random = scene.LookRandom();
        Plane light = Ground(scene, random);
        Paint(scene, random, items, light, what);
        SynthesisRandom optics = scene.CameraRandom();
        light = light.Blurred(scene.Options.Blur * (optics.Uniform(0.4, 1.1) + (optics.Chance(0.2) ? scene.Diameter * optics.Uniform(0, 0.04) : 0)));
        Camera.Illuminate(optics, light, optics.Uniform(0, 0.5));
        return new Render([Camera.Transmitted(optics, scene.Options.Noise).Expose(light)], map);
    }

    private static List<Item> PlaceHeap(Scene scene, SynthesisRandom random, double diameter, bool fruit)
    {
        double spread = fruit ? random.Uniform(0.03, 0.15) : random.Uniform(0.1, 0.45), elongation = fruit ? random.Uniform(1, random.Chance(0.3) ? 1.8 : 1.15) : random.Uniform(1.1, 1.9);
        double waviness = fruit ? random.Uniform(0, 0.05) : random.Uniform(0.04, 0.25);
        double coverage = 0.03 + 1.15 * scene.Crowding;
        int count = (int)Math.Max(3, coverage * scene.Height * scene.Width / (0.785 * diameter * diameter));
        List<(double X, double Y)> points = Scatter.Points(scene, random, count, diameter * random.Uniform(0.55, 0.8), 0.15, random.Uniform(0, 0.6));
        double[] xs = [.. points.Select(p => p.X)], ys = [.. points.Select(p => p.Y)], sizes = new double[points.Count], radii = new double[points.Count];
        double packing = random.Uniform(0.38, 0.52);
        for (int n = 0; n < sizes.Length; n++)
            radii[n] = packing * (sizes[n] = diameter * Math.Min(2, random.LogNormal(spread)));
        Scatter.Relax(scene, xs, ys, radii, 15);
        Plane chips = scene.Field(random, Math.Max(3, diameter * 0.25), 2);
        double chipped = fruit ? 0 : diameter * random.Uniform(0, 0.03);
        List<Item> items = [];
        for (int n = 0; n < sizes.Length; n++)
        {
            double angle = random.Angle();
            Shape shape = ShapeFactory.Round(random, 1 + (elongation - 1) * random.LogNormal(0.4), waviness);
            CellRaster raster = shape.Draw(xs[n], ys[n], angle, sizes[n], scene.Height, scene.Width);
            if (raster.Distance.Length == 0)
                continue;
            raster.Roughen(chips, chipped);
            CellRaster shadow = shape.Draw(xs[n], ys[n], angle, sizes[n] * 1.16, scene.Height, scene.Width);
            items.Add(new Item(raster, shadow, xs[n], ys[n], sizes[n], angle));
        }
        return items;
    }

    private static List<Item> PlaceScales(Scene scene, SynthesisRandom random, double diameter)
    {
        double tilt = random.Angle(), tall = random.Uniform(0.9, 1.5), step = random.Uniform(0.45, 0.7), wobble = random.Uniform(0, 0.08), pointed = random.Uniform(0, 0.5);
        double pitch = diameter * random.Uniform(1.05, 1.25), drop = diameter * step * 1.3;
        (double sin, double cos) = PortableMath.SinCos(tilt);
        Plane bendX = scene.Field(random, Math.Max(scene.Height, scene.Width) / 2.5, 1), bendY = scene.Field(random, Math.Max(scene.Height, scene.Width) / 2.5, 1);
        double bend = diameter * random.Uniform(0, 0.6), reach = Math.Sqrt((double)scene.Height * scene.Height + (double)scene.Width * scene.Width) / 2 + diameter;
        double bare = scene.Crowding < 0.2 ? random.Uniform(0.2, 0.8) : random.Chance(0.2) ? 0.05 : 0;
        List<Item> items = [];
        int row = 0;
        for (double v = -reach; v < reach; v += drop, row++)
        {
            for (double u = -reach + (row & 1) * pitch / 2; u < reach; u += pitch)
            {
                double x0 = scene.Width / 2.0 + u * cos - v * sin, y0 = scene.Height / 2.0 + u * sin + v * cos;
                if (x0 < -diameter || y0 < -diameter || x0 > scene.Width + diameter || y0 > scene.Height + diameter || random.Chance(bare) || items.Count >= scene.Options.MaxCells)
                    continue;
                double x = x0 + bend * bendX.Sample(y0, x0) + diameter * wobble * random.Normal(), y = y0 + bend * bendY.Sample(y0, x0) + diameter * wobble * random.Normal();
                double size = diameter * 1.35 * random.LogNormal(0.04 + wobble * 0.5), angle = tilt + Math.PI / 2 + wobble * random.Normal() * 1.5;
                Shape shape = new Shape { Fillet = 0.3 }
                    .AddLobe(0, 0, 0, tall * 0.62, 0.6, [0.03, 0, 0, 0])
                    .AddLimb(-0.2, 0, -0.45 * tall - 0.3 * pointed, 0, 0.5, 0.45 - 0.35 * pointed)
                    .Normalise();
                CellRaster raster = shape.Draw(x, y, angle, size, scene.Height, scene.Width);
                if (raster.Distance.Length > 0)
                    items.Add(new Item(raster, shape.Draw(x, y, angle, size * 1.12, scene.Height, scene.Width), x, y, size, angle));
            }
        }
        items.Reverse();                                                 // each row lies over the one behind it
        return items;
    }

    private static Plane Ground(Scene scene, SynthesisRandom random)
    {
        Plane coarse = scene.Field(random, scene.Diameter * random.Uniform(1, 5), 4), fine = scene.Field(random, random.Uniform(1.5, 5), 3, 0.8);
        double level = random.Chance(0.6) ? random.Uniform(0.02, 0.2) : random.Uniform(0.2, 0.9), rough = random.Uniform(0, 0.3), sand = random.Uniform(0, 0.35);
        Plane ground = scene.NewPlane();
        for (int n = 0; n < ground.Data.Length; n++)
            ground.Data[n] = (float)(level * Math.Max(0.1, 1 + rough * coarse.Data[n] + sand * fine.Data[n]));
        return ground;
    }

    private static void Paint(Scene scene, SynthesisRandom random, List<Item> items, Plane light, string what)
    {
        bool fruit = what == "fruit", scales = what == "scales";
        Texture cloud = Texture.Cloudy(random, 4, 6, random.Uniform(0.55, 0.95)), spots = Texture.Spotty(random, random.Whole(20, 125), 1.5, 5);
        double albedo = random.Uniform(0.25, 0.6), variety = random.Uniform(0.03, fruit || scales ? 0.25 : 0.5), mottled = random.Uniform(0.02, fruit ? 0.12 : 0.3), spotted = random.Chance(0.4) ? random.Uniform(-0.6, 0.6) : 0;
        double round = scales ? random.Uniform(0.1, 0.5) : fruit ? random.Uniform(0.6, 1) : random.Uniform(0.15, 0.8), shine = random.Chance(fruit ? 0.7 : 0.3) ? random.Uniform(0.1, 0.9) : 0, gloss = random.LogUniform(8, 80);
        double elevation = random.Uniform(0.4, 1.4), azimuth = random.Angle(), shade = random.Uniform(0.2, 0.9), occlusion = random.Uniform(0.1, 0.7), stem = fruit && random.Chance(0.5) ? random.Uniform(-0.8, 0.4) : 0;
        (double lightUp, double lightFlat) = PortableMath.SinCos(elevation);
        (double ay, double ax) = PortableMath.SinCos(azimuth);
        double texels = 16 / (scene.Diameter * random.Uniform(0.2, 0.7)), stripes = scales ? random.Uniform(0, 0.3) : 0, stripeCount = random.Uniform(6, 16);
        foreach (Item item in items)
        {
            Darken(light, item.Shadow, shade, scene.Diameter * 0.1);
            CellRaster raster = item.Raster;
            TextureFrame frame = new(random, random.Angle(), texels, texels * random.Uniform(0.7, 1.4)), dots = new(random, 0, texels, texels);
            double own = albedo * random.LogNormal(variety), r = item.Size / 2, sx = item.X + r * random.Uniform(-0.35, 0.35), sy = item.Y + r * random.Uniform(-0.35, 0.35);
            (double itemSin, double itemCos) = PortableMath.SinCos(item.Angle);
            int stride = Math.Max(1, (int)(raster.Depth * 0.3));         // slopes over a stretch: no creases where distances meet
            for (int y = 0; y < raster.Height; y++)
            {
                for (int x = 0; x < raster.Width; x++)
                {
                    float d = raster.Distance[y * raster.Width + x];
                    if (d > 0.7f)
                        continue;
                    int cy = y + raster.Y0, cx = x + raster.X0;
                    double slopeX = raster.Distance[y * raster.Width + Math.Min(x + stride, raster.Width - 1)] - raster.Distance[y * raster.Width + Math.Max(x - stride, 0)];
                    double slopeY = raster.Distance[Math.Min(y + stride, raster.Height - 1) * raster.Width + x] - raster.Distance[Math.Max(y - stride, 0) * raster.Width + x];
                    double t = Math.Clamp(-d / raster.Depth, 0, 1), lean = round * (1 - t) * (1 - 0.3 * t);
                    double steep = Math.Max(0.6 * stride, Math.Sqrt(slopeX * slopeX + slopeY * slopeY));
                    double nx = lean * slopeX / steep, ny = lean * slopeY / steep, nz = Math.Sqrt(Math.Max(0.02, 1 - nx * nx - ny * ny));
                    double facing = Math.Max(0, nx * ax * lightFlat + ny * ay * lightFlat + nz * lightUp);
                    double value = own * Math.Max(0.2, 1 + mottled * frame.Sample(cloud, cy, cx) + spotted * dots.Sample(spots, cy, cx));
                    if (stripes > 0)
                    {
                        double along = (cx - item.X) * itemCos + (cy - item.Y) * itemSin + r * 1.3, side = (cy - item.Y) * itemCos - (cx - item.X) * itemSin;
                        value *= 1 + stripes * PortableMath.SinCos(stripeCount * side / Math.Max(r * 0.4, along)).Cos;
                    }
                    value *= 0.25 + 1.1 * facing;
                    value *= 1 - occlusion * PortableMath.Exp(-t * t * 30);
                    if (stem != 0)
                        value *= 1 + stem * PortableMath.Exp(-((cx - sx) * (cx - sx) + (cy - sy) * (cy - sy)) / (0.02 * r * r + 1));
                    if (shine > 0)
                        value += shine * PortableMath.Pow(Math.Clamp(facing * 0.5 + 0.5 * Math.Max(0, nx * ax * 0.5 + ny * ay * 0.5 + nz * 0.86), 0, 1), gloss);
                    double edge = PortableMath.SmoothStep(-0.7, 0.7, -d);
                    ref float target = ref light.Data[cy * light.Width + cx];
                    target = (float)(target * (1 - edge) + Math.Min(1.3, value) * edge);
                }
            }
        }
    }

    private static void Darken(Plane light, CellRaster shadow, double strength, double softness)
    {
        softness = Math.Max(1, softness);
        for (int y = 0; y < shadow.Height; y++)
        {
            for (int x = 0; x < shadow.Width; x++)
            {
                double dark = PortableMath.SmoothStep(-softness, softness, -shadow.Distance[y * shadow.Width + x]);
                light.Data[(y + shadow.Y0) * light.Width + x + shadow.X0] *= (float)(1 - strength * dark);
            }
        }
    }

    private sealed record Item(CellRaster Raster, CellRaster Shadow, double X, double Y, double Size, double Angle);
}
