#!/bin/sh
# Makes the certificates of this folder anew; see README.
set -e
cd "$(dirname "$0")"
export LC_ALL=C.UTF-8
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
days=36500
printf '[req]\ndistinguished_name=dn\nx509_extensions=ca\nutf8=yes\nstring_mask=utf8only\n[dn]\n[ca]\nbasicConstraints=critical,CA:TRUE\n[plain]\n' > $tmp/ca.cnf
printf '[req]\ndistinguished_name=dn\nutf8=yes\nstring_mask=utf8only\n[dn]\n' > $tmp/plain.cnf
printf 'oid_section=oids\n[oids]\nodd=1.2.3.4\n' | cat - $tmp/plain.cnf > $tmp/odd.cnf
printf '[req]\ndistinguished_name=dn\nx509_extensions=san\n[dn]\n[san]\nsubjectAltName=DNS:example.com,DNS:*.example.com\n' > $tmp/san.cnf
ec() { openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out $1.key; }
for name in root int end names san ec; do ec $name; done
openssl genrsa 2048 2>/dev/null | openssl pkcs8 -topk8 -nocrypt -out old.key
openssl req -x509 -new -key root.key -config $tmp/ca.cnf -subj /CN=root -days $days -out root.crt
sign() { # NAME ISSUER EXTENSIONS SERIAL
  openssl req -new -key $1.key -config $tmp/ca.cnf -subj /CN=$1 -out $tmp/$1.csr
  openssl x509 -req -in $tmp/$1.csr -CA $2.crt -CAkey $2.key -set_serial $4 -days $days -extfile $tmp/ca.cnf -extensions $3 -out $1.crt 2>/dev/null
}
sign int root ca 0x1000
sign end int ca 0x1001
# Version 1, as `openssl req -x509` makes it without extensions.
openssl req -x509 -new -key old.key -config $tmp/plain.cnf -subj /CN=localhost -days $days -out old.crt
openssl req -x509 -new -key ec.key -config $tmp/plain.cnf -subj /CN=localhost -days $days -out ec.crt
openssl req -x509 -new -key names.key -config $tmp/odd.cnf -set_serial 0x00ab12cd34 -days $days -out names.crt -multivalue-rdn \
  -subj '/C=DE/O=Gr\/ün, "Co" <a;b>/OU=# one +OU=two\\/CN= space /emailAddress=a@b.c/DC=example/UID=u/odd=x/title=t/SN=s/GN=g'
openssl req -x509 -new -key san.key -config $tmp/san.cnf -subj /CN=no.match.example.com -days $days -out san.crt
# Lists that revoke `end` and nothing else.
for ca in int root; do
  printf '[ca]\ndefault_ca=c\n[c]\ndatabase=%s/%s.index\ncrlnumber=%s/number\ndefault_md=sha256\ndefault_crl_days=36500\n' $tmp $ca $tmp > $tmp/$ca.cnf
  : > $tmp/$ca.index; echo 01 > $tmp/number
done
openssl ca -config $tmp/int.cnf -keyfile int.key -cert int.crt -revoke end.crt 2>/dev/null
openssl ca -config $tmp/int.cnf -keyfile int.key -cert int.crt -gencrl -out $tmp/int.crl 2>/dev/null
openssl ca -config $tmp/root.cnf -keyfile root.key -cert root.crt -gencrl -out $tmp/root.crl 2>/dev/null
cat $tmp/root.crl $tmp/int.crl > lists.crl
cat root.crt int.crt > root-int.crt
cat end.crt int.crt > end-int.crt
openssl pkcs8 -topk8 -v2 aes-128-cbc -in ec.key -passout pass:secret -out ec.encrypted.key
openssl ec -aes128 -in ec.key -passout pass:secret -out ec.traditional.key 2>/dev/null
printf 'wrong\nsecret\n' > passwords
