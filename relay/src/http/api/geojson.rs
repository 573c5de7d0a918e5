//! Lists as maps (GeoJSON, RFC 7946). Owns the form; what the properties are, is for the routes.

use kith_nips::place::{BoundingBox, Point};
use serde::Serialize;
use serde::ser::Serializer;

/// Things on a map, or not on it.
#[derive(Debug, Serialize)]
#[serde(tag = "type")]
pub(super) struct FeatureCollection<P> {
    /// The part of the map that was asked for; its west edge may be east of its east edge, where
    /// days begin (§5.2).
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "edges")]
    pub(super) bbox: Option<BoundingBox>,
    /// In the order of the list.
    pub(super) features: Vec<Feature<P>>,
}

/// A thing: a point, or nowhere.
#[derive(Debug, Serialize)]
#[serde(tag = "type")]
pub(super) struct Feature<P> {
    /// What names it, in all answers the same.
    pub(super) id: String,
    /// Where it is; without a position it is `null` (§3.2).
    #[serde(rename = "geometry", serialize_with = "geometry")]
    pub(super) position: Option<Point>,
    /// What is known of it: something that serialises as an object.
    pub(super) properties: P,
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "Point")]
struct Position {
    /// Degrees east and degrees north, in this order (§3.1.1).
    coordinates: [f64; 2],
}

fn geometry<S: Serializer>(position: &Option<Point>, serializer: S) -> Result<S::Ok, S::Error> {
    let position = position.map(|point| Position {
        coordinates: [decimals(point.longitude()), decimals(point.latitude())],
    });
    position.serialize(serializer)
}

fn edges<S: Serializer>(area: &Option<BoundingBox>, serializer: S) -> Result<S::Ok, S::Error> {
    let edges = area.map(|area| [area.west(), area.south(), area.east(), area.north()]);
    edges.serialize(serializer)
}

/// Seven decimals are a centimetre (§11.2 advises against more). Adding zero turns −0 into 0.
fn decimals(degrees: f64) -> f64 {
    (degrees * 1e7).round() / 1e7 + 0.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn written<P: Serialize>(bbox: Option<BoundingBox>, features: Vec<Feature<P>>) -> Value {
        let text = serde_json::to_string(&FeatureCollection { bbox, features }).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn points_are_longitude_and_latitude_and_nowhere_is_null() {
        let brighton = Feature {
            id: "naddr1a".to_owned(),
            position: Some(Point::new(50.822_508_335_113_5, -0.137_2).unwrap()),
            properties: json!({ "title": "Chess", "type": "meetup" }),
        };
        let nowhere = Feature {
            id: "naddr1b".to_owned(),
            position: None,
            properties: json!({}),
        };
        let area = BoundingBox::new(176.0, -21.5, -178.0, 12.0).unwrap();
        assert_eq!(
            written(Some(area), vec![brighton, nowhere]),
            json!({
                "type": "FeatureCollection",
                "bbox": [176.0, -21.5, -178.0, 12.0],
                "features": [
                    {
                        "type": "Feature",
                        "id": "naddr1a",
                        "geometry": { "type": "Point", "coordinates": [-0.1372, 50.8225083] },
                        "properties": { "title": "Chess", "type": "meetup" },
                    },
                    { "type": "Feature", "id": "naddr1b", "geometry": null, "properties": {} },
                ],
            })
        );
    }

    #[test]
    fn an_empty_list_has_no_box_and_no_features() {
        assert_eq!(
            written::<Value>(None, vec![]),
            json!({ "type": "FeatureCollection", "features": [] })
        );
    }

    proptest! {
        #[test]
        fn every_position_is_read_as_it_was(
            latitude in -90.0..=90.0_f64,
            longitude in -180.0..=180.0_f64,
            title in ".*",
        ) {
            let feature = Feature {
                id: title.clone(),
                position: Some(Point::new(latitude, longitude).unwrap()),
                properties: json!({ "title": title }),
            };
            let read = written(None, vec![feature]);
            let feature = &read["features"][0];
            let at = |index: usize| feature["geometry"]["coordinates"][index].as_f64().unwrap();
            prop_assert!((at(0) - longitude).abs() < 1e-7 && (at(1) - latitude).abs() < 1e-7);
            prop_assert!(Point::new(at(1), at(0)).is_ok());
            prop_assert_eq!(&feature["properties"]["title"], &json!(title));
            prop_assert_eq!(&feature["id"], &json!(title));
        }
    }
}
